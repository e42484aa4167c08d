import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import type { ProposalConflict } from '../../http/schemas/proposals.ts';
import { isWhole } from './settle-by.ts';
import type { BlamedConflict } from './who-changed.ts';

/** A conflict as people are shown it: main's side and the proposal's, with who brought each. */
export function shownConflict({ unit, field, base, theirs, mine, by }: BlamedConflict): ProposalConflict {
  return {
    unit,
    field,
    whole: isWhole(field),
    base: base ?? null,
    main: theirs ?? null,
    main_by: byWhom(by.theirs),
    proposal: mine ?? null,
    proposal_by: byWhom(by.mine),
  };
}

function byWhom(commit: LoggedCommit | null): ProposalConflict['main_by'] {
  if (commit === null) return null;
  return { commit: commit.commit, message: maskLeaks(commit.subject), author: commit.author.name, at: commit.at };
}
