/** Small objects for the tests of the control plane itself. */

export function deployment(
  name: string,
  options: { labels?: Record<string, string>; claims?: string[]; cpu?: string } = {},
) {
  const { labels = {}, claims = [], cpu = '10m' } = options;
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels } },
        spec: {
          containers: [{ name: 'main', image: 'example.test/bot:1', resources: { requests: { cpu } } }],
          volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
        },
      },
    },
  };
}

export function claim(name: string, storageClassName?: string) {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '5Gi' } },
      ...(storageClassName !== undefined && { storageClassName }),
    },
  };
}

/** Several objects as one input for `kubectl apply -f -`. */
export function manifests(...objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}
