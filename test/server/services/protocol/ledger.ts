/** What a worker says it was told or saw, a line of JSON each: what has to be so after it was killed. */
export type Entry =
  | { readonly kind: 'ready' }
  | { readonly kind: 'step'; readonly step: string }
  | { readonly kind: 'reached'; readonly point: string }
  /** An edit that the publisher has taken; `variable` of the bot's environment is `id` where it is on main. */
  | { readonly kind: 'saved'; readonly id: string; readonly bot: string; readonly variable: string | null }
  /** A person, not the server, takes main from one commit to another that does not follow upon it. */
  | { readonly kind: 'rewrites'; readonly from: string; readonly to: string }
  /** A branch that a person puts on main as a commit that has something else and tells nothing of its edit. */
  | { readonly kind: 'squashes'; readonly branch: string; readonly edit: string }
  | { readonly kind: 'done' };

export const lineOf = (entry: Entry): string => `${JSON.stringify(entry)}\n`;
export const entryIn = (line: string): Entry => JSON.parse(line) as Entry;
