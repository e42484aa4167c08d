import { inject, test } from 'vitest';
import { createKubectl, type Kubectl } from './kubectl.ts';
import { createTestNamespace } from './namespace.ts';
import type { ProvidedControlPlane } from './vitest-global-setup.ts';

export type SharedControlPlane = Exclude<ProvidedControlPlane, { readonly unavailable: string }>;

interface ClusterFixtures {
  /** The run's one control plane. Don't stop it or its API server: start one of your own for that. */
  readonly cluster: SharedControlPlane;
  readonly kubectl: Kubectl;
  /** Name of a namespace made for this test, deleted after it. */
  readonly namespace: string;
}

/** Vitest's `test` with the shared control plane; skips, saying why, where there is none. */
export const clusterTest = test.extend<ClusterFixtures>({
  cluster: async ({ skip }, use) => {
    const plane = inject('controlPlane');
    if ('unavailable' in plane) return skip(plane.unavailable);
    await use(plane);
  },
  kubectl: async ({ cluster }, use) => {
    await use(createKubectl(cluster.kubectlPath, cluster.kubeconfig));
  },
  namespace: async ({ kubectl }, use) => {
    await using namespace = await createTestNamespace(kubectl);
    await use(namespace.name);
  },
});
