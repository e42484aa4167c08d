import type { TestProject } from 'vitest/node';
import { startControlPlane, type ControlPlane } from './control-plane.ts';
import { ControlPlaneUnavailable } from './unavailable.ts';

/** What a test gets from `inject('controlPlane')`: the run's one control plane, or why there is none. */
export type ProvidedControlPlane =
  | Pick<ControlPlane, 'server' | 'kubeconfig' | 'caFile' | 'token' | 'folder' | 'logFile' | 'kubectlPath'>
  | { readonly unavailable: string };

declare module 'vitest' {
  interface ProvidedContext {
    controlPlane: ProvidedControlPlane;
  }
}

interface Shared {
  users: number;
  plane: Promise<ControlPlane>;
}

// Each vitest project that names this file evaluates it anew; they share one plane through the process.
const slot = Symbol.for('claworc.test.control-plane');
const holder = globalThis as { [slot]?: Shared | undefined };

/** Starts the run's control plane, unless another project has. Without its programs tests skip, but on CI the run fails. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder[slot] ??= { users: 0, plane: startControlPlane({ log: (line) => console.error(line) }) });
  shared.users++;
  try {
    const { server, kubeconfig, caFile, token, folder, logFile, kubectlPath } = await shared.plane;
    project.provide('controlPlane', { server, kubeconfig, caFile, token, folder, logFile, kubectlPath });
  } catch (error) {
    holder[slot] = undefined;
    if (!(error instanceof ControlPlaneUnavailable) || process.env.CI === 'true') throw error;
    console.error(`Skipping every test that needs a cluster: ${error.message}`);
    project.provide('controlPlane', { unavailable: error.message });
  }
  return async () => {
    if (--shared.users > 0) return;
    holder[slot] = undefined;
    await shared.plane.then(
      (plane) => plane.stop(),
      () => undefined,
    );
  };
}
