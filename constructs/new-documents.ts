import {
  API_VERSION,
  LOCAL_CONFIG_ANNOTATION,
  NODE_PORT_RANGE,
  RENDERING,
  type BotInstance,
  type DataFate,
  type Fleet,
  type NodePorts,
  type Tombstone,
} from './schema/index.ts';

const localConfig = () => ({ [LOCAL_CONFIG_ANNOTATION]: 'true' });

export interface NewFleet {
  readonly namespace?: string;
  /** age recipients that keys will be sealed for. */
  readonly recipients: readonly string[];
}

/** claworc.yaml of a new repository, with the defaults of the product. */
export function newFleet({ namespace = 'claworc', recipients }: NewFleet): Fleet {
  return {
    apiVersion: API_VERSION,
    kind: 'Fleet',
    metadata: { name: 'claworc', annotations: localConfig() },
    spec: {
      namespace,
      rendering: RENDERING,
      image: 'registry.optimalux.com:32001/optimalux/moltbot:latest',
      imagePullSecrets: ['ghcr-secret'],
      resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2000m', memory: '4Gi' } },
      storage: { clawdbot: '5Gi', homebrew: '10Gi', clawd: '5Gi', chrome: '5Gi' },
      exposure: 'proxy',
      recipients: [...recipients],
    },
  };
}

/** What a new record may say beside its name; a value that is left out is inherited (storage: copied). */
export type NewRecord = Omit<BotInstance['spec'], 'storage' | 'restartedAt'> & {
  readonly name: string;
  readonly storage?: Partial<BotInstance['spec']['storage']>;
};

/**
 * A new record. Storage sizes are copied from the fleet, because they must never move by themselves; node ports are
 * the caller's to choose (`lowestFreePortPair`).
 */
export function newRecord({ name, storage, ...spec }: NewRecord, fleet: Fleet): BotInstance {
  const { displayName, ...rest } = spec;
  return {
    apiVersion: API_VERSION,
    kind: 'BotInstance',
    metadata: { name, annotations: localConfig() },
    spec: { displayName, ...rest, storage: { ...fleet.spec.storage, ...storage } },
  };
}

/** `at` is UTC in ISO 8601. */
export function newTombstone(name: string, data: DataFate, at: string, by: string): Tombstone {
  return {
    apiVersion: API_VERSION,
    kind: 'Tombstone',
    metadata: { name, annotations: localConfig() },
    spec: { data, at, by },
  };
}

/** The lowest pair of which neither port is taken, or undefined when every pair is. */
export function lowestFreePortPair(taken: Iterable<NodePorts>): NodePorts | undefined {
  const used = new Set([...taken].flatMap(({ chrome, terminal }) => [chrome, terminal]));
  const { first, last }: { readonly first: number; readonly last: number } = NODE_PORT_RANGE;
  for (let chrome = first; chrome < last; chrome += 2) {
    if (!used.has(chrome) && !used.has(chrome + 1)) return { chrome, terminal: chrome + 1 };
  }
  return undefined;
}
