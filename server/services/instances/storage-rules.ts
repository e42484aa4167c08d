import { compareQuantities, VOLUMES, type BotInstance, type VolumeName } from '../../../constructs/schema/index.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { claimStatus } from '../../reconcile/live/live-shapes.ts';
import { classOf, readExpands, requestOf } from '../../reconcile/live/storage-classes.ts';
import { isAbove, refusalToGrow } from '../../reconcile/plan/immutable.ts';
import type { Observed } from '../../reconcile/status/observed.ts';

/** What is asked of the cluster about a bot's claims. */
export interface ClaimsSeen {
  readonly api: ClusterApi | null;
  readonly observed: Pick<Observed, 'unit'>;
}

/**
 * Throws `storage_fixed` with the reason when a volume can't have the size that is wanted: a claim never shrinks below
 * what it asks for, or what its volume has where a growth never came about; it can't change before it is bound, and grows
 * only if its storage class allows it. The claim counts where it is known: a record may ask for more than it was ever given.
 */
export async function checkStorage(
  cluster: ClaimsSeen,
  name: string,
  was: BotInstance,
  next: BotInstance,
): Promise<void> {
  for (const volume of VOLUMES) {
    const [before, after] = [was.spec.storage[volume], next.spec.storage[volume]];
    if (compareQuantities(after, before) === 0) continue;
    const claim = claimOf(cluster, name, volume);
    const has = (claim && requestOf(claim)) ?? before;
    const change = compareQuantities(after, has);
    if (change < 0 && !isAbove(after, claim && claimStatus(claim).capacity?.storage)) {
      throw fixed(volume, `${has} can't shrink to ${after}; volumes only grow`);
    }
    if (change > 0 && claim !== undefined) await checkGrowth(cluster.api, claim, volume);
  }
}

function claimOf({ observed }: ClaimsSeen, name: string, volume: VolumeName): LiveObject | undefined {
  const objects = observed.unit(name)?.objects ?? [];
  const found = objects.find(
    ({ kind, name: claim }) => kind === 'PersistentVolumeClaim' && claim === `${name}-${volume}`,
  );
  return found?.live ?? undefined;
}

async function checkGrowth(api: ClusterApi | null, claim: LiveObject, volume: VolumeName): Promise<void> {
  const { phase = 'Pending' } = claimStatus(claim);
  if (phase !== 'Bound') {
    throw fixed(volume, `the claim ${claim.metadata.name} is ${phase.toLowerCase()}; it can grow once it is bound`);
  }
  const className = classOf(claim);
  // Where we may not ask, the API server decides.
  const expands = api === null || !className ? undefined : await readExpands(api, className);
  const refusal = refusalToGrow(claim, () => expands);
  if (refusal !== undefined) throw fixed(volume, refusal);
}

function fixed(volume: VolumeName, reason: string): ClaworcError {
  return new ClaworcError('storage_fixed', `The size of volume ${volume} stays: ${reason}.`, {
    field: `storage_${volume}`,
  });
}
