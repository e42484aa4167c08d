import {
  compareQuantities,
  parseQuantity,
  VOLUMES,
  type BotInstance,
  type VolumeName,
} from '../../../constructs/schema/index.ts';
import type { Resource } from '../../cluster/resources.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { AppContext } from '../app-context.ts';

const STORAGE_CLASS: Resource = {
  kind: 'StorageClass',
  apiVersion: 'storage.k8s.io/v1',
  group: 'storage.k8s.io',
  plural: 'storageclasses',
};

/**
 * Throws `storage_fixed` with the reason when a volume can't have the size that is wanted: a claim never shrinks below
 * what it asks for, can't change before it is bound, and grows only if its storage class allows it. The claim counts where
 * it is known: a record may ask for more than it was ever given.
 */
export async function checkStorage(
  context: AppContext,
  name: string,
  was: BotInstance,
  next: BotInstance,
): Promise<void> {
  for (const volume of VOLUMES) {
    const [before, after] = [was.spec.storage[volume], next.spec.storage[volume]];
    if (compareQuantities(after, before) === 0) continue;
    const claim = claimOf(context, name, volume);
    const has = requestOf(claim) ?? before;
    const change = compareQuantities(after, has);
    if (change < 0) throw fixed(volume, `${has} can't shrink to ${after}; volumes only grow`);
    if (change > 0 && claim !== undefined) await checkGrowth(context, claim, volume);
  }
}

function claimOf({ cluster }: AppContext, name: string, volume: VolumeName): LiveObject | undefined {
  const objects = cluster.observed.unit(name)?.objects ?? [];
  const found = objects.find(
    ({ kind, name: claim }) => kind === 'PersistentVolumeClaim' && claim === `${name}-${volume}`,
  );
  return found?.live ?? undefined;
}

function requestOf(claim: LiveObject | undefined): string | undefined {
  const spec = claim?.spec as
    { readonly resources?: { readonly requests?: { readonly storage?: string } } } | undefined;
  const request = spec?.resources?.requests?.storage;
  return request !== undefined && parseQuantity(request) !== undefined ? request : undefined;
}

async function checkGrowth(context: AppContext, claim: LiveObject, volume: VolumeName): Promise<void> {
  const claimName = claim.metadata.name;
  const { phase } = (claim.status ?? {}) as { phase?: string };
  if (phase !== 'Bound') {
    throw fixed(
      volume,
      `the claim ${claimName} is ${(phase ?? 'pending').toLowerCase()}; it can grow once it is bound`,
    );
  }
  const refusal = await refusalOfClass(context, claim);
  if (refusal !== undefined) throw fixed(volume, refusal);
}

/** Why the storage class of a claim lets it not grow; undefined also where we may not ask: the API server decides then. */
async function refusalOfClass({ cluster }: AppContext, claim: LiveObject): Promise<string | undefined> {
  const { storageClassName } = (claim.spec ?? {}) as { storageClassName?: string };
  if (cluster.api === null || !storageClassName) return undefined;
  const found = await cluster.api.get(STORAGE_CLASS, null, storageClassName);
  if (!found.ok || found.value.allowVolumeExpansion === true) return undefined;
  return `the storage class ${storageClassName} does not let volumes grow (allowVolumeExpansion)`;
}

function fixed(volume: VolumeName, reason: string): ClaworcError {
  return new ClaworcError('storage_fixed', `The size of volume ${volume} stays: ${reason}.`, {
    field: `storage_${volume}`,
  });
}
