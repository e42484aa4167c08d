/*
 * What the API's schema says of our kinds, written down apart from server/reconcile/plan/topology.ts: the contract test
 * compares this one with a real API server, and the product with both.
 */

/** A path as FieldsV1 writes it: `f:spec`, `k:{"name":"moltbot"}`, `v:"a"`. */
export type Keys = readonly string[];

const KEYED: Readonly<Record<string, readonly string[]>> = {
  'f:containers': ['name'],
  'f:initContainers': ['name'],
  'f:volumes': ['name'],
  'f:env': ['name'],
  'f:imagePullSecrets': ['name'],
  'f:volumeMounts': ['mountPath'],
};

const ATOMIC: Readonly<Record<string, readonly string[]>> = {
  Deployment: [
    'f:selector',
    'f:nodeSelector',
    'f:secretKeyRef',
    'f:configMapKeyRef',
    'f:fieldRef',
    'f:resourceFieldRef',
  ],
  Service: ['f:selector'],
  PersistentVolumeClaim: ['f:selector', 'f:dataSource'],
  NetworkPolicy: ['f:podSelector', 'f:ingress', 'f:egress', 'f:policyTypes'],
};

const TOP: Readonly<Record<string, readonly string[]>> = {
  ConfigMap: ['data', 'binaryData', 'immutable'],
  Secret: ['data', 'stringData', 'type', 'immutable'],
  PersistentVolumeClaim: ['spec', 'status'],
  Service: ['spec', 'status'],
  Deployment: ['spec', 'status'],
  NetworkPolicy: ['spec', 'status'],
  Namespace: ['spec', 'status'],
  Pod: ['spec', 'status'],
};

/** The members that identify an item of the list at `path`; `set` for one of plain values; undefined for one value. */
export function listType(kind: string, path: Keys): readonly string[] | 'set' | undefined {
  const last = path.at(-1) ?? '';
  if (path[0] === 'f:metadata') {
    return last === 'f:finalizers' ? 'set' : last === 'f:ownerReferences' ? ['uid'] : undefined;
  }
  if (last === 'f:ports' && kind === 'Service') return ['port', 'protocol'];
  if (kind !== 'Deployment') return undefined;
  return last === 'f:ports' ? ['containerPort', 'protocol'] : KEYED[last];
}

export const isOneValue = (kind: string, path: Keys): boolean =>
  path[0] === 'f:spec' && ((ATOMIC[kind] ?? []).includes(path.at(-1) ?? '') || path.at(-2) === 'f:imagePullSecrets');

/** The first member that the kind doesn't have. */
export const unknownMember = (object: Readonly<Record<string, unknown>>): string | undefined =>
  Object.keys(object).find(
    (name) => !['apiVersion', 'kind', 'metadata', ...(TOP[String(object.kind)] ?? [])].includes(name),
  );
