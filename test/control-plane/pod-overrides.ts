import type { Kubectl } from './kubectl.ts';

/** A pod of the simulated nodes. */
export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/** Makes `file` (CRI format; see appendLog) the log of one pod. Takes effect within a second; the pod may not exist yet. */
export async function setPodLog(kubectl: Kubectl, pod: PodName, file: string): Promise<void> {
  await applyOverride(kubectl, 'Logs', pod, { logs: [{ logsFile: file, follow: true }] });
}

/** Puts local ports behind ports of one pod: pod port -> port on 127.0.0.1. Hides the plane's own forwards for that pod. */
export async function setPodForwards(
  kubectl: Kubectl,
  pod: PodName,
  forwards: Readonly<Record<number, number>>,
): Promise<void> {
  const targets = Object.entries(forwards).map(([podPort, port]) => ({
    ports: [Number(podPort)],
    target: { address: '127.0.0.1', port },
  }));
  await applyOverride(kubectl, 'PortForward', pod, { forwards: targets });
}

async function applyOverride(kubectl: Kubectl, kind: string, metadata: PodName, spec: object): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'kwok.x-k8s.io/v1alpha1', kind, metadata, spec });
  const { code, stderr } = await kubectl(['apply', '--server-side', '-f', '-'], { input });
  if (code !== 0) throw new Error(`${kind} for pod ${metadata.namespace}/${metadata.name} was refused: ${stderr}`);
}
