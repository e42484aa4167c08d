import type { ConnectionView, LiveView } from '../reconcile/view.ts';

/** What a server knows of the cluster when it has none: nothing, and what it waits for. */
export function createIdleView(connection: ConnectionView): LiveView {
  return {
    connection: () => connection,
    commit: () => null,
    unit: () => undefined,
    units: () => [],
    held: () => [],
    retained: () => [],
    subscribe: () => () => undefined,
  };
}

/** No cluster is named, and no kubeconfig was found that could be offered. */
export const NO_CLUSTER: ConnectionView = {
  state: 'none',
  context: null,
  server: null,
  identity: null,
  detail: 'No cluster is named: start with --kubeconfig FILE or --context NAME. Until then nothing is applied.',
  lastSeen: null,
};
