import { ownedChanges, type OwnedChange } from '../../../constructs/repo/owned-changes.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { createRenderings } from '../../reconcile/desired/renderings.ts';
import type { ProposalRow } from '../../store/proposals.ts';
import { listUnrendered } from '../../store/unrendered.ts';
import type { AppContext } from '../app-context.ts';
import { conflictError } from '../instances/write.ts';
import { branchRef } from './branch-names.ts';
import type { SettleOf } from './merge-repos.ts';
import { prepareMerge, type PreparedMerge } from './prepare-merge.ts';

type Main = Snapshot & { readonly commit: string };

/**
 * An open proposal laid on main, with what a person decided. Throws `conflict` for one that is closed or empty, that main
 * changed the same fields as, or that would leave main broken.
 */
export async function prepareProposal(
  { repository, snapshots, store }: AppContext,
  row: ProposalRow,
  main: Main,
  settle?: SettleOf,
): Promise<{
  head: string;
  prepared: Extract<PreparedMerge, { readonly state: 'ready' | 'nothing' }>;
  /** Rules with owners that main would have otherwise. */
  rules: readonly OwnedChange[];
}> {
  const { number, state, branch } = row;
  if (state !== 'open') throw new ClaworcError('conflict', `Proposal ${number} is ${state}.`);
  const head = await repository.readRef(branchRef(branch));
  if (head === null) throw new ClaworcError('conflict', `Proposal ${number} is empty: add an edit first.`);
  const handEdited = new Set(listUnrendered(store.reader, 'hand').map(({ unit }) => unit));
  const deps = { repository, snapshots, renderings: createRenderings() };
  const prepared = await prepareMerge(deps, main, head, handEdited, settle);
  if (prepared.state === 'conflict') throw conflictError(prepared.conflicts);
  if (prepared.state === 'failed') throw new ClaworcError('conflict', prepared.detail);
  const rules = prepared.state === 'ready' ? ownedChanges(main.repo.fleet, prepared.result.repo.fleet) : [];
  return { head, prepared, rules };
}
