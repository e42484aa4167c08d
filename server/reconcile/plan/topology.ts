import type { FieldPath } from './field-path.ts';

/*
 * How lists and structures of our kinds merge under server-side apply, from the API's generated schema: which lists are
 * keyed and by what, and which values have one owner as a whole.
 */
const POD_LISTS: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  volumes: ['name'],
  env: ['name'],
  imagePullSecrets: ['name'],
  ports: ['containerPort', 'protocol'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  hostAliases: ['ip'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
};

const ATOMIC: Readonly<Record<string, readonly string[]>> = {
  Deployment: [
    'selector',
    'nodeSelector',
    'secretKeyRef',
    'configMapKeyRef',
    'fieldRef',
    'resourceFieldRef',
    'labelSelector',
    'nodeSelectorTerms',
  ],
  Service: ['selector'],
  PersistentVolumeClaim: ['selector', 'dataSource'],
  NetworkPolicy: ['podSelector', 'ingress', 'egress', 'policyTypes'],
};

/** The key members of the list at `path`; undefined for a list with one owner. */
export function listKeys(kind: string, path: FieldPath): readonly string[] | undefined {
  const last = path.at(-1);
  if (last?.type !== 'member') return undefined;
  if (kind === 'Deployment') return POD_LISTS[last.name];
  if (kind === 'Service' && last.name === 'ports') return ['port', 'protocol'];
  return undefined;
}

/** True where the value at `path` belongs to one manager as a whole. */
export function isAtomic(kind: string, path: FieldPath): boolean {
  const last = path.at(-1);
  if (last?.type !== 'member' || path[0]?.type !== 'member' || path[0].name !== 'spec') return false;
  return ATOMIC[kind]?.includes(last.name) ?? false;
}

const QUANTITY_PARENTS = new Set(['requests', 'limits', 'capacity']);

/** True where a text is a Kubernetes quantity, which has many spellings of one value. */
export function isQuantity(path: FieldPath): boolean {
  const last = path.at(-1);
  const parent = path.at(-2);
  if (last?.type !== 'member') return false;
  if (last.name === 'sizeLimit') return true;
  return parent?.type === 'member' && QUANTITY_PARENTS.has(parent.name);
}
