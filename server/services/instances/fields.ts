import type { BotInstance } from '../../../constructs/schema/index.ts';

type Spec = BotInstance['spec'];
type Path = readonly [string, ...string[]];

/** Where each plain field of the API's instance lives in the `spec` of its record. */
const PATHS = {
  display_name: ['displayName'],
  cpu_request: ['resources', 'requests', 'cpu'],
  cpu_limit: ['resources', 'limits', 'cpu'],
  memory_request: ['resources', 'requests', 'memory'],
  memory_limit: ['resources', 'limits', 'memory'],
  storage_clawdbot: ['storage', 'clawdbot'],
  storage_homebrew: ['storage', 'homebrew'],
  storage_clawd: ['storage', 'clawd'],
  storage_chrome: ['storage', 'chrome'],
  image: ['image'],
  vnc_exposure: ['exposure'],
} as const satisfies Record<string, Path>;

const OTHER_NAMES: Readonly<Record<string, string>> = {
  config: 'clawdbot_config',
  'nodePorts.chrome': 'nodeport_chrome',
  'nodePorts.terminal': 'nodeport_terminal',
};

export type InstanceField = keyof typeof PATHS;

/** Fields as the API takes them; `null` takes the record's own value away, so that it is inherited again. */
export type FieldChanges = Partial<Record<InstanceField, string | null | undefined>>;

/** A copy of the spec with the given fields set; what is not given stays as it is. */
export function withFields(spec: Spec, changes: FieldChanges): Spec {
  const next = structuredClone(spec);
  for (const [field, path] of Object.entries(PATHS)) {
    const value = changes[field as InstanceField];
    if (value !== undefined) setAt(next, path, value);
  }
  return next;
}

/** Fields that come from claworc.yaml where the record does not say them; the others are always its own. */
const INHERITABLE = [
  'image',
  'cpu_request',
  'cpu_limit',
  'memory_request',
  'memory_limit',
  'vnc_exposure',
] as const satisfies readonly InstanceField[];

/** The fields of the API whose value the record does not say itself. */
export function inheritedFields(spec: Spec): InstanceField[] {
  return INHERITABLE.filter((field) => valueAt(spec, PATHS[field]) === undefined);
}

function valueAt(target: object, path: readonly string[]): unknown {
  let node: unknown = target;
  for (const step of path) node = (node as Readonly<Record<string, unknown>> | undefined)?.[step];
  return node;
}

/** The API's name of a record's field: `spec.resources.limits.cpu` to `cpu_limit`; unknown paths stay as they are. */
export function apiFieldOf(recordPath: string): string {
  const path = recordPath.replace(/^spec\./, '');
  const known = Object.entries(PATHS).find(([, steps]) => steps.join('.') === path);
  return known?.[0] ?? OTHER_NAMES[path] ?? recordPath;
}

/** Sets or removes a value below `target`; an object that this leaves empty goes too. */
function setAt(target: object, path: readonly string[], value: string | null): void {
  const [step, ...rest] = path;
  if (step === undefined) return;
  const node = target as Record<string, unknown>;
  if (rest.length === 0) {
    if (value === null) Reflect.deleteProperty(node, step);
    else node[step] = value;
    return;
  }
  const child = (node[step] ?? {}) as Record<string, unknown>;
  setAt(child, rest, value);
  if (Object.keys(child).length === 0) Reflect.deleteProperty(node, step);
  else node[step] = child;
}
