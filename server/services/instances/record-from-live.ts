import { newRecord } from '../../../constructs/new-documents.ts';
import { DEFAULT_RUNTIME } from '../../../constructs/resolve.ts';
import { profileOf } from '../../../constructs/runtimes/index.ts';
import type { BotInstance, Fleet } from '../../../constructs/schema/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { ObservedUnit } from '../../reconcile/status/observed.ts';

interface Quantities {
  readonly cpu?: string;
  readonly memory?: string;
}

interface Container {
  readonly name?: string;
  readonly image?: string;
  readonly resources?: { readonly requests?: Quantities; readonly limits?: Quantities };
}

interface DeploymentSpec {
  readonly replicas?: number;
  readonly template?: { readonly spec?: { readonly containers?: readonly Container[] } };
}

interface ClaimSpec {
  readonly resources?: { readonly requests?: { readonly storage?: string } };
}

/**
 * The record of a bot that this server never had, as far as its live objects tell: image, resources, sizes of volumes and
 * whether it is stopped. The name is all that is known of how people called it; the rest is what the fleet has.
 */
export function recordFromLive({ unit, objects }: ObservedUnit, fleet: Fleet): BotInstance {
  const live = objects.flatMap((object) => (object.live === null ? [] : [object.live]));
  const deployment = live.find(({ kind }) => kind === 'Deployment');
  const { replicas, template } = (deployment?.spec ?? {}) as DeploymentSpec;
  const containers = template?.spec?.containers ?? [];
  const runtime = profileOf({ runtime: DEFAULT_RUNTIME, rendering: fleet.spec.rendering }).container;
  const { image, resources } = containers.find(({ name }) => name === runtime) ?? containers[0] ?? {};
  return newRecord(
    {
      name: unit,
      displayName: unit,
      ...(image !== undefined && { image }),
      ...(replicas === 0 && { state: 'stopped' }),
      ...(resources !== undefined && {
        resources: { requests: sized(resources.requests), limits: sized(resources.limits) },
      }),
      storage: sizesOf(unit, live, fleet),
    },
    fleet,
  );
}

const sized = ({ cpu, memory }: Quantities = {}): Quantities => ({
  ...(cpu !== undefined && { cpu }),
  ...(memory !== undefined && { memory }),
});

function sizesOf(unit: string, live: readonly LiveObject[], fleet: Fleet): Readonly<Record<string, string>> {
  const sizes = Object.keys(fleet.spec.storage).map((volume) => {
    const claim = live.find(
      ({ kind, metadata }) => kind === 'PersistentVolumeClaim' && metadata.name === `${unit}-${volume}`,
    );
    const { resources } = (claim?.spec ?? {}) as ClaimSpec;
    return [volume, resources?.requests?.storage] as const;
  });
  return Object.fromEntries(sizes.flatMap(([volume, size]) => (size === undefined ? [] : [[volume, size]])));
}
