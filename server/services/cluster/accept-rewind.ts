import type { FleetState } from '../../http/schemas/answers.ts';
import type { AcceptRewind } from '../../http/schemas/rewind.ts';
import { addAudit } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';
import { fleetStateOf } from '../fleet/state.ts';

/**
 * Lets main count although it doesn't come after what the cluster runs, and writes down who said so. Throws `conflict`
 * where something else stands now, `forbidden` of a server that only looks, and whatever the cluster refuses.
 */
export async function acceptRewind(context: AppContext, { commit, last }: AcceptRewind): Promise<FleetState> {
  await context.cluster.acceptRewind({ commit, last: last ?? '' });
  const before = last === null ? 'a cluster that names no commit' : `a cluster that ran ${last.slice(0, 7)}`;
  context.store.transact((tx) =>
    addAudit(tx, {
      at: new Date(context.clock.now()).toISOString(),
      actor: context.author.name,
      action: 'accept-rewind',
      subject: commit,
      editId: null,
      detail: `Let ${commit.slice(0, 7)} count for ${before}, although it does not come after that`,
    }),
  );
  return fleetStateOf(context);
}
