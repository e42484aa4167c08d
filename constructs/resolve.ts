import {
  applierOf,
  canonicalQuantity,
  NODE_PORT_RANGE,
  VOLUMES,
  type Applier,
  type BotInstance,
  type Fleet,
  type NodePorts,
  type VolumeName,
} from './schema/index.ts';

export interface Compute {
  readonly cpu: string;
  readonly memory: string;
}

/** Everything that rendering one bot needs: each value in effect, quantities in the form that the API server stores. */
export interface ResolvedInstance {
  readonly name: string;
  readonly namespace: string;
  /** Version of the output that the fleet asks for. */
  readonly rendering: number;
  /** Who applies what is rendered. */
  readonly applier: Applier;
  readonly displayName: string;
  readonly runtime: 'moltbot';
  readonly state: 'running' | 'stopped';
  readonly restartedAt: string | undefined;
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  readonly requests: Compute;
  readonly limits: Compute;
  readonly storage: Readonly<Record<VolumeName, string>>;
  readonly storageClassName: string | undefined;
  readonly exposure: 'proxy' | 'nodePort';
  /** Set exactly when the screens are exposed. */
  readonly exposedPorts: NodePorts | undefined;
  /** Sorted by name. */
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly vnc: { readonly resolution: string; readonly depth: number };
  /** The text of clawdbot.json. */
  readonly config: string;
  /** Fields of `spec` whose value comes from claworc.yaml, dotted: `resources.limits.cpu`. In a fixed order. */
  readonly inherited: readonly string[];
}

/** What a record that names no runtime runs. */
export const DEFAULT_RUNTIME = 'moltbot';

/** The registry credential that a fleet uses without saying so. */
export const DEFAULT_PULL_SECRETS = ['ghcr-secret'] as const;

/**
 * Every value in effect for a bot: its own, else the fleet's. Both documents must be valid, and a record whose screens
 * are exposed must name its ports.
 */
export function resolveInstance(record: BotInstance, fleet: Fleet): ResolvedInstance {
  const own = record.spec;
  const base = fleet.spec;
  const inherited: string[] = [];
  const inherit = <T>(field: string, mine: T | undefined, theirs: T): T => {
    if (mine !== undefined) return mine;
    inherited.push(field);
    return theirs;
  };
  const compute = (side: 'requests' | 'limits'): Compute => ({
    cpu: canonicalQuantity(inherit(`resources.${side}.cpu`, own.resources?.[side]?.cpu, base.resources[side].cpu)),
    memory: canonicalQuantity(
      inherit(`resources.${side}.memory`, own.resources?.[side]?.memory, base.resources[side].memory),
    ),
  });
  const image = inherit('image', own.image, base.image);
  const requests = compute('requests');
  const limits = compute('limits');
  const exposure = inherit('exposure', own.exposure, base.exposure);
  return {
    name: record.metadata.name,
    namespace: base.namespace,
    rendering: base.rendering,
    applier: applierOf(fleet),
    displayName: own.displayName,
    runtime: own.runtime ?? DEFAULT_RUNTIME,
    state: own.state ?? 'running',
    restartedAt: own.restartedAt,
    image,
    imagePullSecrets: base.imagePullSecrets ?? DEFAULT_PULL_SECRETS,
    requests,
    limits,
    storage: resolveStorage(own.storage),
    storageClassName: own.storage.className,
    exposure,
    exposedPorts: exposure === 'nodePort' ? requirePorts(record) : undefined,
    env: resolveEnv(own.env ?? {}, base.env ?? {}, inherited),
    vnc: { resolution: own.vnc?.resolution ?? '1920x1080', depth: own.vnc?.depth ?? 24 },
    config: own.config ?? '{}\n',
    inherited,
  };
}

function resolveStorage(storage: BotInstance['spec']['storage']): Record<VolumeName, string> {
  const sizes = {} as Record<VolumeName, string>;
  for (const volume of VOLUMES) sizes[volume] = canonicalQuantity(storage[volume]);
  return sizes;
}

function resolveEnv(
  own: Readonly<Record<string, string>>,
  base: Readonly<Record<string, string>>,
  inherited: string[],
): { name: string; value: string }[] {
  const values = new Map([...Object.entries(base), ...Object.entries(own)]);
  const names = [...values.keys()].sort();
  for (const name of names) if (!Object.hasOwn(own, name)) inherited.push(`env.${name}`);
  return names.map((name) => ({ name, value: values.get(name) ?? '' }));
}

function requirePorts(record: BotInstance): NodePorts {
  const ports = record.spec.nodePorts;
  if (ports === undefined) {
    throw new RangeError(
      `${record.metadata.name} is exposed by node ports and names none from ${NODE_PORT_RANGE.first} up`,
    );
  }
  return ports;
}
