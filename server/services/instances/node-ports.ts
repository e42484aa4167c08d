import { lowestFreePortPair } from '../../../constructs/new-documents.ts';
import type { BotInstance, Fleet, NodePorts } from '../../../constructs/schema/index.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import type { AppContext } from '../app-context.ts';
import type { EditedInstance } from './edited.ts';

/**
 * The record with a pair of ports exactly when its screens are exposed: the one it has, else the lowest that none of
 * `taken` has, which is asked only where one is needed. Throws `ports_used_up`.
 */
export function withPorts(record: BotInstance, fleet: Fleet, taken: () => readonly NodePorts[]): BotInstance {
  const { nodePorts, ...spec } = record.spec;
  if ((spec.exposure ?? fleet.spec.exposure) === 'proxy') return { ...record, spec };
  if (nodePorts !== undefined) return record;
  const free = lowestFreePortPair(taken());
  if (free === undefined) {
    throw new ClaworcError('ports_used_up', 'All 50 pairs of node ports are in use: delete a bot or use the proxy.', {
      field: 'vnc_exposure',
    });
  }
  return { ...record, spec: { ...spec, nodePorts: free } };
}

/** The pairs that the bots of the fleet have, drafts included; without the one of `except`. */
export function takenPorts(instances: readonly EditedInstance[], except?: string): NodePorts[] {
  return instances.flatMap(({ row, record }) =>
    row.name === except || record.spec.nodePorts === undefined ? [] : [record.spec.nodePorts],
  );
}

/** The record without a pair that somebody else has in the cluster, so that `withPorts` gives it the next free one. */
export function withoutLostPorts(record: BotInstance, inCluster: readonly NodePorts[]): BotInstance {
  const { nodePorts, ...spec } = record.spec;
  const used = new Set(inCluster.map(({ chrome }) => chrome));
  const isLost = nodePorts !== undefined && (used.has(nodePorts.chrome) || used.has(nodePorts.terminal));
  return isLost ? { ...record, spec } : record;
}

const PATIENCE_MS = 3_000;

/**
 * Node ports that the cluster has given to any Service but the one of bot `name`: of all namespaces where they may be
 * listed, else of the fleet's. None where the cluster can't be asked; it has the last word anyway.
 */
export async function portsInCluster({ cluster }: AppContext, fleet: Fleet, name: string): Promise<NodePorts[]> {
  const { api, observed } = cluster;
  if (api === null || observed.connection().state !== 'connected') return [];
  const { namespace } = fleet.spec;
  try {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const everywhere = await api.list(MANAGED_RESOURCES.Service, null, { signal });
    const listed = everywhere.ok ? everywhere : await api.list(MANAGED_RESOURCES.Service, namespace, { signal });
    const services = listed.ok ? listed.value.items : [];
    return services
      .filter(({ metadata }) => metadata.namespace !== namespace || metadata.name !== `${name}-vnc`)
      .flatMap(portsOf)
      .map((port) => ({ chrome: port, terminal: port }));
  } catch {
    return [];
  }
}

function portsOf(service: LiveObject): readonly number[] {
  const { ports = [] } = (service.spec ?? {}) as { readonly ports?: readonly { readonly nodePort?: number }[] };
  return ports.flatMap(({ nodePort }) => nodePort ?? []);
}
