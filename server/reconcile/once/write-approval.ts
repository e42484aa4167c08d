import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { clusterError } from '../../cluster/errors.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { approveRemovals, forgetApprovals } from '../apply/approve-removals.ts';
import { parentNameOf } from '../desired/applyset-id.ts';
import { fleetParent } from '../plan/lineage.ts';
import type { RemovalVerdict } from '../plan/removals/weigh.ts';
import type { RepoPlan } from './plan-repo.ts';

/** Writes an approval of what waits where every reconciler finds it. Throws `conflict` where the fleet has no ApplySet. */
export async function writeApproval(
  { namespace, index }: Pick<RepoPlan, 'namespace' | 'index'>,
  verdict: RemovalVerdict,
  { api, now }: { readonly api: ClusterApi; readonly now: number },
): Promise<void> {
  const parent = fleetParent(index);
  const subject = `ConfigMap ${parentNameOf(FLEET_UNIT)}`;
  if (parent === undefined || namespace === null) {
    throw new ClaworcError(
      'conflict',
      `${subject}, which holds approvals, is not there: run \`claworc apply\` without one first.`,
    );
  }
  const written = await approveRemovals({ api, namespace, parent }, verdict, now);
  if (!written.ok) throw clusterError(written.failure, subject);
  index.put(written.value);
}

/** Takes approvals back that were used. What can't be written now falls to the next who applies. */
export async function tidyApprovals(
  { namespace, index, removals, desired }: Pick<RepoPlan, 'namespace' | 'index' | 'removals' | 'desired'>,
  { api, now }: { readonly api: ClusterApi; readonly now: number },
): Promise<void> {
  const parent = fleetParent(index);
  if (removals === null || parent === undefined || namespace === null) return;
  removals.weigh(desired, index, now);
  const over = removals.overApprovals(now);
  if (over.size === 0) return;
  const written = await forgetApprovals({ api, namespace, parent }, over);
  if (written.ok) index.put(written.value);
}
