import type { FleetState } from '../../http/schemas/answers.ts';
import type { ApproveRemovals } from '../../http/schemas/removals.ts';
import type { PendingRemovals } from '../../reconcile/plan/removals/pending.ts';
import { addAudit } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';
import { fleetStateOf } from '../fleet/state.ts';

/**
 * Lets removals go that wait for an approval, and writes down who said so. Throws `conflict` where others wait now,
 * `forbidden` of a server that only looks, and whatever the cluster refuses.
 */
export async function approveRemovals(context: AppContext, asked: ApproveRemovals): Promise<FleetState> {
  const pending = context.cluster.observed.removals();
  await context.cluster.approveRemovals(asked);
  context.store.transact((tx) =>
    addAudit(tx, {
      at: new Date(context.clock.now()).toISOString(),
      actor: context.author.name,
      action: 'approve-removals',
      subject: asked.commit,
      editId: null,
      detail: describe(asked, pending),
    }),
  );
  return fleetStateOf(context);
}

/** Names that are told; the rest is counted. */
const TOLD = 20;

function describe({ commit, hash }: ApproveRemovals, pending: PendingRemovals | null): string {
  const asked = pending?.removals.filter(({ wait }) => wait === 'approval') ?? [];
  const named = asked.slice(0, TOLD).map(({ unit, kind, data }) => {
    if (kind === 'kept_data') return `kept volumes of ${unit}`;
    return data === 'destroy' ? `${unit} with its data` : unit;
  });
  const rest = asked.length > TOLD ? ` and ${asked.length - TOLD} more` : '';
  return `Approve the removal of ${named.join(', ')}${rest} (commit ${commit.slice(0, 7)}, ${hash})`;
}
