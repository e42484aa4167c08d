import type { FleetState } from '../../http/schemas/answers.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { addAudit } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';
import { fleetStateOf } from '../fleet/state.ts';

/** Uses the cluster that is offered. Throws `conflict` when none is, or another one than the person saw. */
export function acceptCluster(context: AppContext, seen: string | undefined): FleetState {
  const { state, context: offered } = context.cluster.observed.connection();
  if (state !== 'offered' || (seen !== undefined && seen !== offered)) {
    const now = state === 'offered' ? `The cluster on offer is ${offered ?? 'unnamed'}` : 'No cluster is on offer';
    throw new ClaworcError('conflict', `${now}; load the page again.`, { field: 'context' });
  }
  context.cluster.accept();
  context.store.transact((tx) =>
    addAudit(tx, {
      at: new Date(context.clock.now()).toISOString(),
      actor: context.author.name,
      action: 'accept-cluster',
      subject: offered ?? '',
      editId: null,
      detail: `Use the cluster ${offered ?? ''}`,
    }),
  );
  return fleetStateOf(context);
}
