import { lowestFreePortPair } from '../../../constructs/new-documents.ts';
import type { NodePorts } from '../../../constructs/schema/index.ts';
import type { ApiFailure } from '../../cluster/errors.ts';
import { readPortServices, type PortServices } from '../live/port-services.ts';
import { isGivingBack, NO_PORTS_ON_MAIN } from '../plan/port-moves.ts';
import type { ExecuteOptions } from './execute-options.ts';

/** A node port of main that the cluster has given to somebody else. */
export interface PortClash {
  readonly port: number;
  /** Null where it can't be seen. */
  readonly holder: { readonly namespace: string; readonly name: string } | null;
  /** Main has taken the port from its holder, a bot of this fleet, whose own turn frees it. */
  readonly isGivenBack: boolean;
  /** The next pair that nobody has, as far as can be seen; null when all are taken. */
  readonly free: NodePorts | null;
  /** In words. */
  readonly reason: string;
}

/** Asks the cluster who has the port that it refused; undefined for any other failure. */
export async function findPortClash(
  failure: ApiFailure,
  { api, namespace, portsOnMain }: Pick<ExecuteOptions, 'api' | 'namespace' | 'portsOnMain'>,
): Promise<PortClash | undefined> {
  if (failure.type !== 'invalid' || failure.allocatedPort === undefined) return undefined;
  const port = failure.allocatedPort;
  const main = portsOnMain?.() ?? NO_PORTS_ON_MAIN;
  const seen = await readPortServices(api, namespace);
  const found = seen.services.find(({ ports }) => ports.includes(port));
  const holder = found === undefined ? null : { namespace: found.namespace, name: found.name };
  const taken = [port, ...[...main.ports.values()].flat(), ...seen.services.flatMap(({ ports }) => ports)];
  const free = lowestFreePortPair(taken.map((one) => ({ chrome: one, terminal: one }))) ?? null;
  const unit = found?.namespace === namespace ? found.unit : undefined;
  if (holder !== null && unit !== undefined && isGivingBack(unit, port, main)) {
    const reason = `waits until Service ${holder.name} gives node port ${port} back`;
    return { port, holder, isGivenBack: true, free, reason };
  }
  const next = free === null ? 'no other pair is free' : `the next free pair is ${free.chrome} and ${free.terminal}`;
  const reason = `node port ${port} is allocated by ${whoHas(holder, seen)}; ${next}`;
  return { port, holder, isGivenBack: false, free, reason };
}

function whoHas(holder: PortClash['holder'], { seen }: PortServices): string {
  if (holder !== null) return `Service ${holder.name} of namespace ${holder.namespace}`;
  if (seen === 'cluster') return 'something that no Service shows';
  return seen === 'namespace'
    ? 'a Service of another namespace, which may not be listed'
    : 'a Service that may not be listed';
}
