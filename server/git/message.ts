/** `Claworc-Edit: <uuid>` and its like: `name: value` lines at the end of a commit message. */
export type Trailers = Readonly<Record<string, string>>;

export const EDIT_TRAILER = 'Claworc-Edit';
/** The edits that lines of a message name, wherever they stand in it. */
export function editsNamedIn(message: string): readonly string[] {
  if (!message.includes(EDIT_TRAILER)) return [];
  return [...message.matchAll(/^[ \t>*-]*Claworc-Edit: ([0-9a-f-]{36})[ \t\r]*$/gm)].map(([, id = '']) => id);
}

/** Number and branch of the proposal that a commit is of: see `services/proposals/proposal-trailer.ts`. */
export const PROPOSAL_TRAILER = 'Claworc-Proposal';

export const SYNTH_TRAILER = 'Claworc-Synth';

// C0, DEL, C1, and the line separators that some tools take for line ends.
// eslint-disable-next-line no-control-regex -- taking control characters out is what this is for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** User text as one line: without line ends it can't form a trailer of its own. */
export function oneLine(text: string): string {
  return text.replace(CONTROL, ' ').replace(/ {2,}/g, ' ').trim();
}

/**
 * A commit message: subject, body lines, and a last paragraph that holds just our trailers. Every line of user text
 * is made one line, and a body can't be taken for trailers because ours follow as a paragraph of their own.
 */
export function formatMessage(subject: string, body: readonly string[], trailers: Trailers): string {
  const head = oneLine(subject).slice(0, 500) || 'Change the fleet';
  const lines = body.map(oneLine).filter((line) => line !== '');
  const tail = Object.entries(trailers).map(([name, value]) => `${name}: ${oneLine(value)}`);
  return [[head], lines, tail]
    .filter((paragraph) => paragraph.length > 0)
    .map((paragraph) => paragraph.join('\n'))
    .join('\n\n')
    .concat('\n');
}

/** The trailers of a message: the last paragraph, if it is not the first and each of its lines is a trailer. */
export function parseTrailers(message: string): Trailers {
  const paragraphs = message.trimEnd().split(/\n{2,}/);
  const last = paragraphs.length > 1 ? paragraphs.at(-1) : undefined;
  if (last === undefined) return {};
  const pairs = last.split('\n').map((line) => /^([A-Za-z][A-Za-z0-9-]*): (.*)$/.exec(line));
  if (pairs.some((pair) => pair === null)) return {};
  return Object.fromEntries(pairs.flatMap((pair) => (pair === null ? [] : [[pair[1] ?? '', pair[2] ?? '']])));
}
