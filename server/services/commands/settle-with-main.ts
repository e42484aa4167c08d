import type { ProposalConflict } from '../../http/schemas/proposals.ts';
import type { Snapshots } from '../../git/read/snapshots.ts';
import type { CommitRequest } from '../../git/fast-import.ts';
import type { GitRepository } from '../../git/repository.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { createRenderings } from '../../reconcile/desired/renderings.ts';
import { choicesFor, type Decisions } from '../proposals/conflict-choices.ts';
import { prepareMerge } from '../proposals/prepare-merge.ts';
import { settleBy } from '../proposals/settle-by.ts';
import { shownConflict } from '../proposals/shown-conflict.ts';
import { blameConflicts } from '../proposals/who-changed.ts';

export type StandingToMain =
  /** Main is in the way of nothing, and nobody decided anything. */
  | { readonly state: 'free' }
  /** Fields that main changed too, and that nobody decided. */
  | { readonly state: 'conflict'; readonly conflicts: readonly ProposalConflict[] }
  /** Main with the change in it, as was decided. */
  | { readonly state: 'settled'; readonly commit: string };

interface Request extends Pick<CommitRequest, 'author' | 'at' | 'message'> {
  readonly main: string;
  readonly commit: string;
  readonly decisions: Decisions;
}

/**
 * Lays a commit on main as it is now, and settles by a commit that joins the two what both changed, as far as a person
 * decided all of it. Throws `usage` for decisions about what is in no conflict.
 */
export async function settleWithMain(
  { repository, snapshots }: { readonly repository: GitRepository; readonly snapshots: Snapshots },
  { main, commit, decisions, ...request }: Request,
): Promise<StandingToMain> {
  const deps = { repository, snapshots, renderings: createRenderings() };
  const there = { ...(await snapshots.at(main)), commit: main };
  const laid = await prepareMerge(deps, there, commit, new Set());
  const base = laid.state === 'conflict' ? await repository.mergeBase(main, commit) : null;
  const blamed =
    laid.state !== 'conflict' || base === null
      ? []
      : await blameConflicts(repository, laid.conflicts, { base, theirs: main, mine: commit });
  const conflicts = blamed.map(shownConflict);
  const choices = choicesFor(conflicts, decisions);
  if (conflicts.length === 0) return { state: 'free' };
  const settled = await prepareMerge(deps, there, commit, new Set(), settleBy(choices));
  if (settled.state === 'conflict') {
    const left = conflicts.filter(({ unit, field }) =>
      settled.conflicts.some((each) => each.unit === unit && each.field === field),
    );
    return { state: 'conflict', conflicts: left };
  }
  if (settled.state === 'failed') throw new ClaworcError('conflict', settled.detail);
  const changes = settled.state === 'ready' ? settled.changes : new Map<string, null>();
  // Main comes first, so that what the commit leaves alone is as main has it.
  return {
    state: 'settled',
    commit: await repository.writeCommit({ parent: main, joins: commit, changes, ...request }),
  };
}
