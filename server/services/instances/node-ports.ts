import { lowestFreePortPair } from '../../../constructs/new-documents.ts';
import type { BotInstance, Fleet, NodePorts } from '../../../constructs/schema/index.ts';
import type { CreateInstance, UpdateInstance } from '../../http/schemas/instance.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { readPortServices, type PortServices } from '../../reconcile/live/port-services.ts';
import type { ObservedConnection } from '../../reconcile/status/observed.ts';
import type { EditedInstance } from './edited.ts';

/** Who has a port. */
export interface PortHolder {
  readonly port: number;
  /** In words: `bot-beta`, `Service web of namespace team`. */
  readonly by: string;
}

/** Everybody's ports, and from where they are known. */
export interface PortsKnown {
  readonly seen: PortServices['seen'];
  readonly holders: readonly PortHolder[];
}

/**
 * The record with a pair of ports exactly when its screens are exposed: the chosen one, else the one it has, else the
 * lowest that nobody has. `known` is asked only where one is needed. Throws `ports_taken`, `ports_used_up`, and
 * `invalid` for a pair that is chosen for nothing.
 */
export function withPorts(
  record: BotInstance,
  fleet: Fleet,
  known: () => PortsKnown,
  chosen?: Partial<NodePorts>,
): BotInstance {
  const { nodePorts, ...spec } = record.spec;
  if (!isOpen(record, fleet)) {
    if (chosen === undefined) return { ...record, spec };
    const message = 'nodeport_chrome: the screens of this bot are reached through the server (vnc_exposure proxy)';
    throw new ClaworcError('invalid', `${message}, which takes no node ports.`, { field: 'nodeport_chrome' });
  }
  if (chosen !== undefined) {
    const pair = wholePair(chosen);
    if (isPair(pair)) checkFree(pair, known());
    return { ...record, spec: { ...spec, nodePorts: pair } };
  }
  if (nodePorts !== undefined) return record;
  const free = lowestFree(known().holders);
  if (free === undefined) {
    throw new ClaworcError('ports_used_up', 'All 50 pairs of node ports are in use: delete a bot or use the proxy.', {
      field: 'vnc_exposure',
    });
  }
  return { ...record, spec: { ...spec, nodePorts: free } };
}

/** True where the screens of a bot are reached by node ports. */
export const isOpen = ({ spec }: BotInstance, fleet: Fleet): boolean =>
  (spec.exposure ?? fleet.spec.exposure) === 'nodePort';

/** The pair that a body names, one port of it being enough; undefined where the choice is left to us. */
export function chosenPorts(
  {
    nodeport_chrome,
    nodeport_terminal,
  }: Pick<CreateInstance & UpdateInstance, 'nodeport_chrome' | 'nodeport_terminal'>,
  own?: NodePorts,
): Partial<NodePorts> | undefined {
  const [chrome, terminal] = [nodeport_chrome ?? undefined, nodeport_terminal ?? undefined];
  if (chrome === undefined && terminal === undefined) return undefined;
  if ((chrome ?? own?.chrome) === own?.chrome && (terminal ?? own?.terminal) === own?.terminal) return undefined;
  return { ...(chrome !== undefined && { chrome }), ...(terminal !== undefined && { terminal }) };
}

/** A pair that is none is left for the check of the record, which has the words for it. */
const isPair = ({ chrome, terminal }: NodePorts): boolean => chrome % 2 === 0 && terminal === chrome + 1;

const wholePair = ({ chrome, terminal }: Partial<NodePorts>): NodePorts => ({
  chrome: chrome ?? (terminal ?? 0) - 1,
  terminal: terminal ?? (chrome ?? 0) + 1,
});

export const lowestFree = (holders: readonly PortHolder[]): NodePorts | undefined =>
  lowestFreePortPair(holders.map(({ port }) => ({ chrome: port, terminal: port })));

/** What a free pair is free by; silent where that is the whole cluster. */
const JUDGED_BY: Readonly<Record<PortsKnown['seen'], string>> = {
  cluster: '',
  namespace: ', judged by the records and the Services of the fleet’s namespace alone',
  nothing: ', judged by the records alone',
};

function checkFree({ chrome, terminal }: NodePorts, { seen, holders }: PortsKnown): void {
  const by = [chrome, terminal].flatMap((wanted) => holders.find(({ port }) => port === wanted)?.by ?? []);
  if (by.length === 0) return;
  const who = [...new Set(by)].join(' and ');
  const free = lowestFree(holders);
  const next =
    free === undefined
      ? 'no other pair is free'
      : `the next free pair is ${free.chrome} and ${free.terminal}${JUDGED_BY[seen]}`;
  throw new ClaworcError('ports_taken', `nodeport_chrome: ${chrome} and ${terminal} are taken by ${who}; ${next}.`, {
    field: 'nodeport_chrome',
    body: { free: free ?? null },
  });
}

/** The ports that the bots of the fleet have, drafts included; without those of `except`. */
export function portsOfBots(instances: readonly EditedInstance[], except?: string): readonly PortHolder[] {
  return instances.flatMap(({ row: { name }, record: { spec } }) =>
    name === except || spec.nodePorts === undefined ? [] : portsOf(name, spec.nodePorts),
  );
}

export const portsOf = (by: string, { chrome, terminal }: NodePorts): readonly PortHolder[] => [
  { port: chrome, by },
  { port: terminal, by },
];

/** The record without a pair that somebody else has in the cluster, so that `withPorts` gives it the next free one. */
export function withoutLostPorts(record: BotInstance, inCluster: readonly PortHolder[]): BotInstance {
  const { nodePorts, ...spec } = record.spec;
  const isLost = inCluster.some(({ port }) => port === nodePorts?.chrome || port === nodePorts?.terminal);
  return isLost ? { ...record, spec } : record;
}

/** Of a cluster that was not asked. */
export const NOTHING_SEEN: PortServices = { seen: 'nothing', services: [] };

/** The cluster that is asked for its Services, where it answers. */
export interface PortsAsked {
  readonly api: ClusterApi | null;
  readonly observed: { readonly connection: () => Pick<ObservedConnection, 'state'> };
}

/** Services with node ports, of all namespaces where they may be listed; nothing is seen where the cluster can't be asked. */
export async function portsInCluster({ api, observed }: PortsAsked, fleet: Fleet): Promise<PortServices> {
  if (api === null || observed.connection().state !== 'connected') return NOTHING_SEEN;
  return readPortServices(api, fleet.spec.namespace);
}

/** The ports of every Service but the one of bot `name`. */
export function portsBeside({ services }: PortServices, fleet: Fleet, name: string): readonly PortHolder[] {
  const own = `${name}-vnc`;
  return services
    .filter((service) => service.namespace !== fleet.spec.namespace || service.name !== own)
    .flatMap((service) =>
      service.ports.map((port) => ({ port, by: `Service ${service.name} of namespace ${service.namespace}` })),
    );
}
