import type { Forge, PullRequest, PullRequestWish } from './forge.ts';
import { forgeError } from './errors.ts';
import { fitText } from './texts.ts';

export type Proposed =
  | { readonly outcome: 'opened' | 'updated' | 'unchanged'; readonly pull: PullRequest }
  | { readonly outcome: 'no_change' };

/** What a title may hold; GitHub and GitLab take 255 or 256. */
const TITLE_LIMIT = 250;

/**
 * Makes sure that there is one open pull request of these branches with this title and description: one that is open
 * is taken over, also when somebody opens it in this moment. `rest` stands below a description that had to be cut.
 */
export async function openOrTakeOver(
  forge: Forge,
  wish: PullRequestWish,
  rest: string,
  signal?: AbortSignal,
): Promise<Proposed> {
  const title = wish.title.length > TITLE_LIMIT ? `${wish.title.slice(0, TITLE_LIMIT)}…` : wish.title;
  const description = fitText(wish.description, forge.textLimit, rest);
  const found = await forge.findOpen(wish, signal);
  if (found !== null) return takeOver(forge, found, { title, description }, signal);
  const opened = await forge.open({ ...wish, title, description }, signal);
  if (opened.outcome !== 'exists') return opened;
  const theirs = await forge.findOpen(wish, signal);
  if (theirs !== null) return takeOver(forge, theirs, { title, description }, signal);
  throw forgeError({
    trouble: 'conflict',
    where: forge.kind,
    what: `open a pull request of ${wish.head}`,
    words: 'it says that there is one, and lists none',
  });
}

async function takeOver(
  forge: Forge,
  pull: PullRequest,
  text: { readonly title: string; readonly description: string },
  signal: AbortSignal | undefined,
): Promise<Proposed> {
  // Forges give line ends back as browsers send them.
  const isSame = pull.title === text.title && unified(pull.description) === unified(text.description);
  if (isSame) return { outcome: 'unchanged', pull };
  await forge.update(pull.number, text, signal);
  return { outcome: 'updated', pull: { ...pull, ...text } };
}

function unified(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}
