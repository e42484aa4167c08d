import type { CommitOrder } from '../../git/read/commit-order.ts';
import type { PublisherState } from './publisher.ts';

/** A head that does not come after what was imported last. */
export function rewritten(head: string | null, imported: string, order: CommitOrder): PublisherState {
  const now = head === null ? 'main is gone' : `main is at ${head.slice(0, 8)} now`;
  return { state: 'rewritten', head, imported, detail: `${whatHappened(now, imported, order)} ${WHAT_NOW}` };
}

const WHAT_NOW =
  'Nothing is published or removed until a person puts that right, puts main back, or accepts the new head.';

function whatHappened(now: string, imported: string, order: CommitOrder): string {
  const before = imported.slice(0, 8);
  if (order === 'cut_off') {
    return `The history of this repository is cut off (a shallow clone): ${now}, and it can't be told whether that comes after ${before}. \`git fetch --unshallow\` in it gets the rest.`;
  }
  if (order === 'missing') {
    return `History is missing: ${now}, and ${before} is not in this repository, so it can't be told whether that comes after it. \`git fetch origin ${imported}\` gets it where it still exists.`;
  }
  return `The history of main was rewritten: ${now}, and ${before} is not in it any more.`;
}
