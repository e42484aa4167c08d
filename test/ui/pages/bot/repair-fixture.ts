import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { NAMESPACES } from '../../../../server/cluster/resources.ts';
import { templateOf } from '../../../../server/reconcile/live/live-shapes.ts';
import { clusterConnector } from '../../../../server/services/cluster/connect.ts';
import { MemoryCluster } from '../../../server/reconcile/memory-cluster.ts';
import { startTestServer, type TestServer } from '../../../server/running-server.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

const WAIT = { timeout: PATIENCE_MS, interval: 50 };

/** Seconds ago, as the API server writes times. */
const ago = (seconds: number): string => new Date(Date.now() - seconds * 1000).toISOString().replace(/\.\d+/, '');

/** What a node or a scheduler has written of a pod. */
export interface PodParts {
  readonly status?: object;
  readonly spec?: object;
}

/** Claworc with its dashboard over an API server in memory, where the test stands for scheduler, nodes and other teams. */
export class TroubledFleet implements AsyncDisposable {
  readonly server: TestServer;
  readonly #cluster: MemoryCluster;
  readonly #folder: string;

  private constructor(server: TestServer, cluster: MemoryCluster, folder: string) {
    this.server = server;
    this.#folder = folder;
    this.#cluster = cluster;
  }

  static async start(ui: string): Promise<TroubledFleet> {
    const cluster = await MemoryCluster.create();
    const folder = await mkdtemp(join(tmpdir(), 'claworc-test-'));
    const kubeconfig = join(folder, 'kubeconfig');
    await writeFile(kubeconfig, kubeconfigOf(cluster.server.connection.server));
    const connectCluster = clusterConnector({ kubeconfig, env: {} });
    return new TroubledFleet(await startTestServer({ ui, connectCluster }), cluster, folder);
  }

  /** A bot whose Deployment is in the cluster. */
  async create(name: string, fields: object = {}): Promise<void> {
    const made = await this.server.call('POST', 'instances', { display_name: name, ...fields });
    expect(made, made.text).toMatchObject({ status: 201, body: { name } });
    await expect.poll(() => this.#cluster.find('Deployment', name), WAIT).toBeDefined();
  }

  /** Its Deployment has made a pod, of which this is told. */
  tellPod(name: string, { status, spec = {} }: PodParts): void {
    const deployment = this.#cluster.target('Deployment', name);
    const live = this.#cluster.find('Deployment', name);
    const { metadata } = templateOf(live);
    this.#cluster.server.store.edit(deployment, (object) => ({
      ...object,
      status: { observedGeneration: object.metadata.generation, replicas: 1, updatedReplicas: 1 },
    }));
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: `${name}-5d-x` },
      spec: { nodeName: 'lab', ...spec },
      status,
    };
    const write = { manager: 'kubelet', dryRun: false };
    this.#cluster.server.store.create(this.#cluster.target('Pod', `${name}-5d-x`), pod, write);
  }

  /** The volume behind a claim is gone. */
  loseVolume(name: string): void {
    this.#cluster.server.store.edit(this.#cluster.target('PersistentVolumeClaim', `${name}-chrome`), (claim) => ({
      ...claim,
      status: { phase: 'Lost' },
    }));
  }

  /** Its Service is deleted, and another team has the first port of it before anybody can make it again. */
  takePort(name: string): void {
    const { store } = this.#cluster.server;
    const own = this.#cluster.target('Service', `${name}-vnc`);
    const [nodePort] = nodePortsOf(store.find(own));
    const write = { manager: 'another-team', dryRun: false };
    const team = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
    store.create({ resource: NAMESPACES, namespace: null, name: 'team' }, team, write);
    store.finish(own);
    const spec = { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort }] };
    const theirs = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'theirs', namespace: 'team' }, spec };
    store.create({ ...own, namespace: 'team', name: 'theirs' }, theirs, write);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await this.#cluster[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** A pod whose container waits, in the node's words. */
export const waiting = (reason: string, message: string): object => ({
  phase: 'Pending',
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False', lastTransitionTime: ago(600) },
  ],
  containerStatuses: [{ name: 'moltbot', ready: false, restartCount: 0, state: { waiting: { reason, message } } }],
});

/** A pod that has ended so again and again. */
export const looping = (exitCode: number, reason: string): object => ({
  phase: 'Running',
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False', lastTransitionTime: ago(600) },
  ],
  containerStatuses: [
    {
      name: 'moltbot',
      ready: false,
      restartCount: 6,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
      lastState: { terminated: { exitCode, reason, finishedAt: ago(5) } },
    },
  ],
});

/** A pod that the cluster marks as not ready, while its node can't say why. */
export const onLostNode = (): object => ({
  phase: 'Running',
  conditions: [
    { type: 'PodScheduled', status: 'True' },
    { type: 'Ready', status: 'False', lastTransitionTime: ago(600) },
    { type: 'ContainersReady', status: 'True' },
  ],
  containerStatuses: [{ name: 'moltbot', ready: true, restartCount: 0, state: { running: { startedAt: ago(900) } } }],
});

function nodePortsOf(service: LiveObject | undefined): readonly number[] {
  const { ports = [] } = (service?.spec ?? {}) as { readonly ports?: readonly { readonly nodePort?: number }[] };
  return ports.flatMap(({ nodePort }) => nodePort ?? []);
}

const kubeconfigOf = (server: string): string =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'memory', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'memory', user: {} }],
    contexts: [{ name: 'memory', context: { cluster: 'memory', user: 'memory' } }],
    'current-context': 'memory',
  });
