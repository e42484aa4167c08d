/** What a decision that is no commit of a bot came to, by its action in the journal. */
const DECISIONS: Readonly<Record<string, string>> = {
  propose: 'Opened',
  merge: 'Merged',
  update: 'Updated',
  close: 'Closed',
  reopen: 'Reopened',
  discard: 'Discarded',
  'accept-recipients': 'Accepted',
  'accept-cluster': 'Accepted',
  'accept-head': 'Accepted',
  'accept-rewind': 'Accepted',
  'approve-removals': 'Approved',
  'pause-rollout': 'Paused',
  'resume-rollout': 'Went on',
  'skip-rollout': 'Skipped',
  'restore-branch': 'Pushed',
  'go-on': 'Went on',
  drop: 'Dropped',
};

/** An action that a newer server knows is told as it is written. */
export function decisionWord(action: string): string {
  return DECISIONS[action] ?? action.replaceAll('-', ' ');
}

/** The proposal that a sentence is about, and where its words stand in it; undefined where it names none. */
export function proposalIn(
  sentence: string,
): { readonly number: number; readonly from: number; readonly to: number } | undefined {
  const found = /\bproposal ([1-9]\d*)\b/.exec(sentence);
  if (found === null) return undefined;
  return { number: Number(found[1]), from: found.index, to: found.index + found[0].length };
}
