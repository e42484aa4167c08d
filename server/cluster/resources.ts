/** A kind of the API as paths need it. Known at compile time: discovery would only add requests and surprises. */
export interface Resource {
  readonly kind: string;
  readonly apiVersion: string;
  /** Empty for the core group. */
  readonly group: string;
  readonly plural: string;
}

const core = (kind: string, plural: string): Resource => ({ kind, apiVersion: 'v1', group: '', plural });

/** The kinds that Claworc applies; no other kind is ever written or deleted. */
export const MANAGED_RESOURCES = {
  NetworkPolicy: {
    kind: 'NetworkPolicy',
    apiVersion: 'networking.k8s.io/v1',
    group: 'networking.k8s.io',
    plural: 'networkpolicies',
  },
  ConfigMap: core('ConfigMap', 'configmaps'),
  Secret: core('Secret', 'secrets'),
  PersistentVolumeClaim: core('PersistentVolumeClaim', 'persistentvolumeclaims'),
  Service: core('Service', 'services'),
  Deployment: { kind: 'Deployment', apiVersion: 'apps/v1', group: 'apps', plural: 'deployments' },
} as const satisfies Record<string, Resource>;

export type ManagedKind = keyof typeof MANAGED_RESOURCES;

export const MANAGED_KINDS = Object.keys(MANAGED_RESOURCES) as readonly ManagedKind[];

export const isManagedKind = (kind: string): kind is ManagedKind => Object.hasOwn(MANAGED_RESOURCES, kind);

export const PODS = core('Pod', 'pods');
export const EVENTS = core('Event', 'events');
const admission = (kind: string, plural: string): Resource => ({
  kind,
  apiVersion: 'admissionregistration.k8s.io/v1',
  group: 'admissionregistration.k8s.io',
  plural,
});
export const MUTATING_WEBHOOKS = admission('MutatingWebhookConfiguration', 'mutatingwebhookconfigurations');
export const MUTATING_POLICIES = admission('MutatingAdmissionPolicy', 'mutatingadmissionpolicies');
export const STORAGE_CLASSES: Resource = {
  kind: 'StorageClass',
  apiVersion: 'storage.k8s.io/v1',
  group: 'storage.k8s.io',
  plural: 'storageclasses',
};
export const NAMESPACES = core('Namespace', 'namespaces');

/** `/apis/apps/v1/namespaces/claworc/deployments/bot-alpha`; without a name the collection. */
export function pathOf(resource: Resource, namespace: string | null, name?: string): string {
  const root = resource.group === '' ? `/api/${resource.apiVersion}` : `/apis/${resource.apiVersion}`;
  const scope = namespace === null ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const item = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  return `${root}${scope}/${resource.plural}${item}`;
}
