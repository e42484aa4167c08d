import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { clusterError } from '../../cluster/errors.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { acceptRewind } from '../apply/accept-rewind.ts';
import { parentNameOf } from '../desired/applyset-id.ts';
import type { ClusterSession } from '../live/cluster-session.ts';
import { parentRefusal } from '../plan/applyset.ts';
import { fleetParent, type Rewind } from '../plan/lineage.ts';
import type { RewindOf } from './reconciler.ts';

/** What stands at the moment of asking; null where nothing is compared or written. */
export type RewindFacts = () => { readonly session: ClusterSession; readonly rewind: Rewind | null } | null;

/**
 * Takes a person's word that a commit counts for the cluster although it doesn't come after the one that it was brought to.
 * Throws `conflict` where something else holds by now.
 */
export function createRewindAcceptor(
  api: ClusterApi | null,
  version: string,
  facts: RewindFacts,
): (asked: RewindOf) => Promise<void> {
  return async ({ commit, last }) => {
    const now = facts();
    if (api === null || now === null) {
      throw new ClaworcError('conflict', 'Nothing is written to the cluster now, so that nothing can be accepted.');
    }
    const { session, rewind } = now;
    if (rewind?.commit !== commit || rewind.last !== last) {
      const detail = rewind === null ? 'main follows what the cluster runs' : `${rewind.reason}; look at it again`;
      throw new ClaworcError('conflict', `What was accepted is not what stands now: ${detail}.`);
    }
    const { namespace, index } = session;
    const subject = `ConfigMap ${parentNameOf(FLEET_UNIT)}`;
    const parent = fleetParent(index);
    const refusal = parentRefusal(parent, FLEET_UNIT, namespace);
    if (parent === undefined || refusal !== undefined) {
      throw new ClaworcError('conflict', refusal ?? `${subject} is not in the cluster; look again.`);
    }
    const written = await acceptRewind({ api, namespace, version, parent }, commit);
    if (!written.ok) throw clusterError(written.failure, subject);
    index.put(written.value);
  };
}
