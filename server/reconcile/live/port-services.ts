import type { ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { nodePortsOf } from '../desired/node-ports.ts';
import { unitOf } from '../desired/stamp.ts';

/** A Service that the cluster has given node ports to. */
export interface PortService {
  readonly namespace: string;
  readonly name: string;
  /** The unit of a fleet that it says it belongs to. */
  readonly unit?: string;
  readonly ports: readonly number[];
}

export interface PortServices {
  /** `cluster`: Services of every namespace; `namespace`: they may be listed in ours alone; `nothing`: not at all. */
  readonly seen: 'cluster' | 'namespace' | 'nothing';
  readonly services: readonly PortService[];
}

const PATIENCE_MS = 3_000;

/** Who has node ports in the cluster, as far as it lets that be seen. The cluster has the last word anyway. */
export async function readPortServices(
  api: ClusterApi,
  namespace: string,
  signal: AbortSignal = AbortSignal.timeout(PATIENCE_MS),
): Promise<PortServices> {
  try {
    const everywhere = await api.list(MANAGED_RESOURCES.Service, null, { signal });
    if (everywhere.ok) return { seen: 'cluster', services: servicesOf(everywhere.value.items) };
    const ours = await api.list(MANAGED_RESOURCES.Service, namespace, { signal });
    if (ours.ok) return { seen: 'namespace', services: servicesOf(ours.value.items) };
  } catch {
    // Too slow an answer is none.
  }
  return { seen: 'nothing', services: [] };
}

function servicesOf(items: readonly LiveObject[]): readonly PortService[] {
  return items.flatMap((service) => {
    const ports = nodePortsOf(service);
    const { name, namespace = '' } = service.metadata;
    const unit = unitOf(service);
    return ports.length === 0 ? [] : [{ namespace, name, ports, ...(unit !== undefined && { unit }) }];
  });
}
