import { FLEET_UNIT, scopeOfUnit } from '../../../constructs/repo/paths.ts';
import { withEntries } from '../../../constructs/repo/layered-map.ts';
import { sealedKeyPath } from '../../../constructs/sealed-secret.ts';
import { formatMessage } from '../../git/message.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import type { Proposal } from '../../http/schemas/proposals.ts';
import { isoSeconds } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { createRenderings } from '../../reconcile/desired/renderings.ts';
import { listEditsOf } from '../../store/outbox.ts';
import type { ProposalRow } from '../../store/proposals.ts';
import { listUnrendered } from '../../store/unrendered.ts';
import type { AppContext } from '../app-context.ts';
import { prepareFiles } from '../publish/prepare-edit.ts';
import { branchRef } from './branch-names.ts';
import { keysBetween } from './proposed-keys.ts';
import { moveProposal } from './move-proposal.ts';
import { proposalTrailer } from './proposal-trailer.ts';
import { describe, rowOf } from './read.ts';

/**
 * Takes an API key out of a proposal, by a commit on its branch: it has there what main had where the branch left it, so that
 * merging changes nothing of it; that is none for a key that only the proposal has. Throws `not_found` for a key that the proposal does not change, `conflict` for a proposal that is
 * not open or where the key is still on its way to the branch, and `stale` when somebody pushed there meanwhile.
 */
export async function takeKeyOut(
  context: AppContext,
  number: number,
  { unit, key }: { readonly unit: string; readonly key: string },
): Promise<Proposal> {
  await context.publisher.inTurn(async (main) => {
    const row = rowOf(context, number);
    const head = await headOf(context, row);
    const base = (await context.repository.mergeBase(main.commit, head)) ?? main.commit;
    const keys = await keysBetween(context.snapshots, { main: main.commit, base, head });
    const of = unit === FLEET_UNIT ? 'the fleet' : unit;
    if (!keys.some((each) => each.unit === unit && each.key === key)) {
      const words = `Proposal ${number} does not change the key ${key} of ${of}.`;
      throw new ClaworcError('not_found', words, { subject: key, field: 'key' });
    }
    assertArrived(context, row, unit, key);
    const sides = { before: await context.snapshots.at(base), on: await context.snapshots.at(head) };
    const changes = await withoutKey(context, sides, unit, key);
    const subject = `Take ${key} of ${of} out of proposal ${number}`;
    const commit = await context.repository.writeCommit({
      parent: head,
      changes,
      author: context.author,
      at: isoSeconds(context.clock),
      message: formatMessage(subject, [], proposalTrailer(row)),
    });
    await moveProposal(context, row, { from: head, to: commit, act: 'key', subject, units: [unit] });
  });
  return describe(context, rowOf(context, number));
}

async function headOf({ repository }: AppContext, { number, state, branch }: ProposalRow): Promise<string> {
  if (state !== 'open') throw new ClaworcError('conflict', `Proposal ${number} is ${state}.`);
  const head = await repository.readRef(branchRef(branch));
  if (head === null) throw new ClaworcError('conflict', `Proposal ${number} is empty: no key is in it.`);
  return head;
}

/** An edit that waits would bring the key back. */
function assertArrived({ store }: AppContext, { number }: ProposalRow, unit: string, key: string): void {
  const scope = scopeOfUnit(unit);
  const waits = listEditsOf(store.reader, number).some(
    ({ state, changes }) =>
      state === 'pending' &&
      changes.some((each) => each.kind === 'SealedKey' && each.scope === scope && each.key === key),
  );
  if (!waits) return;
  const words = `An edit of ${key} is still on its way to proposal ${number}: wait for it, then take the key out.`;
  throw new ClaworcError('conflict', words, { field: 'key', retryable: true });
}

async function withoutKey(
  { snapshots, store }: AppContext,
  { before, on }: { readonly before: Snapshot; readonly on: Snapshot },
  unit: string,
  key: string,
): Promise<ReadonlyMap<string, string | Uint8Array | null>> {
  const path = sealedKeyPath(scopeOfUnit(unit), key);
  const files = withEntries(on.files, new Map([[path, before.files.get(path)]]));
  const handEdited = new Set(listUnrendered(store.reader, 'hand').map(({ unit: each }) => each));
  const prepared = await prepareFiles(snapshots, on, { files, own: new Set([unit]) }, handEdited, createRenderings());
  if (prepared.state === 'failed') throw new ClaworcError('conflict', prepared.detail);
  return prepared.state === 'ready' ? prepared.changes : new Map();
}
