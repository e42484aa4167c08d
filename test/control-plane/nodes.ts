import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Layout } from './layout.ts';

const kwokFolder = join(import.meta.dirname, 'kwok');

const stageFiles = ['node-stages.yaml', 'pod-stages.yaml', 'pod-fail-stages.yaml', 'volume-stages.yaml'].map((file) =>
  join(kwokFolder, file),
);

/** Pod port -> port on 127.0.0.1 that answers `kubectl port-forward` (and every other port-forward) to any pod. */
export type PortForwards = Readonly<Record<number, number>>;

/** Writes the part of KWOK's configuration that names this plane's files and ports; answers all config files. */
export async function writeKwokConfig(layout: Layout, forwards: PortForwards): Promise<string[]> {
  const { folder, sharedLogFile } = layout;
  await mkdir(dirname(sharedLogFile), { recursive: true });
  await writeFile(sharedLogFile, '', { flag: 'a' });
  const documents: object[] = [kwokObject('ClusterLogs', { logs: [{ logsFile: sharedLogFile, follow: true }] })];
  const targets = Object.entries(forwards).map(([podPort, port]) => ({
    ports: [Number(podPort)],
    target: { address: '127.0.0.1', port },
  }));
  if (targets.length > 0) documents.push(kwokObject('ClusterPortForward', { forwards: targets }));
  const file = join(folder, 'kwok.yaml');
  await writeFile(file, documents.map((document) => JSON.stringify(document)).join('\n---\n'));
  return [...stageFiles, file];
}

/** The storage classes, KWOK's CRDs and `count` nodes of 32 CPUs, as input for `kubectl apply`. */
export async function clusterObjects(count: number): Promise<string> {
  const files = await Promise.all(
    ['storage-classes.yaml', 'crds.yaml'].map((file) => readFile(join(kwokFolder, file), 'utf8')),
  );
  const nodes = Array.from({ length: count }, (_, index) => JSON.stringify(nodeObject(`node-${index + 1}`)));
  return [...files, ...nodes].join('\n---\n');
}

function nodeObject(name: string): object {
  const resources = { cpu: '32', memory: '256Gi', pods: '1000' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
    status: { allocatable: resources, capacity: resources },
  };
}

function kwokObject(kind: string, spec: object): object {
  return { apiVersion: 'kwok.x-k8s.io/v1alpha1', kind, metadata: { name: 'default' }, spec };
}
