/** The only kinds that are ever rendered and applied, and their API versions. */
export const KINDS = {
  ConfigMap: 'v1',
  Deployment: 'apps/v1',
  NetworkPolicy: 'networking.k8s.io/v1',
  PersistentVolumeClaim: 'v1',
  Secret: 'v1',
  Service: 'v1',
} as const;

export type Kind = keyof typeof KINDS;

export function isKnownKind(apiVersion: unknown, kind: unknown): kind is Kind {
  return typeof kind === 'string' && Object.hasOwn(KINDS, kind) && KINDS[kind as Kind] === apiVersion;
}
