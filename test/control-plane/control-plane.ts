import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { resolveBinaries } from './binaries.ts';
import {
  apiServerArguments,
  controllerManagerArguments,
  etcdArguments,
  kwokArguments,
  schedulerArguments,
} from './components.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { createKubectl, type Kubectl } from './kubectl.ts';
import { openLayout } from './layout.ts';
import { clusterObjects, writeKwokConfig, type PortForwards } from './nodes.ts';
import type { ProgramName } from './programs.ts';
import { answersOk, waitUntil, isListening } from './ready.ts';
import { Supervised } from './supervised.ts';

export interface ControlPlaneOptions {
  /**
   * Data and logs of all programs; a plane that ran there before goes on with its objects, address and kubeconfig.
   * @default a new temporary folder, removed in the end
   */
  readonly folder?: string;
  /** Progress, one line each. @default silence */
  readonly log?: (line: string) => void;
  /** Gives up starting; a started plane is not affected. */
  readonly signal?: AbortSignal;
  /**
   * `api`: etcd, API server and controller manager; pods are stored and never run.
   * `full`: the scheduler and KWOK too, which bring pods to Ready and bind claims.
   * @default 'full'
   */
  readonly components?: 'api' | 'full';
  /**
   * Controllers that run, by the names of kube-controller-manager's `--controllers`; the plane is ready with
   * `serviceaccount-controller` among them. @default all that need no cloud
   */
  readonly controllers?: readonly string[];
  /** Simulated nodes; 0 leaves KWOK out. @default 2, or 0 with `components: 'api'` */
  readonly nodes?: number;
  /** Local ports behind the VNC ports 5901 and 5902 of every pod. */
  readonly screens?: { readonly chrome?: number; readonly terminal?: number };
  /** Further pod ports, e.g. `{6081: 20123}`. */
  readonly portForwards?: PortForwards;
}

export interface ControlPlane extends AsyncDisposable {
  /** https URL of the API server, on 127.0.0.1. */
  readonly server: string;
  /** File with one context, `claworc-test`, whose user is in system:masters. */
  readonly kubeconfig: string;
  readonly caFile: string;
  readonly token: string;
  readonly folder: string;
  /** What `kubectl logs` shows of every pod; append lines with `appendLog` of logs.ts. */
  readonly logFile: string;
  readonly kubectlPath: string;
  readonly kubectl: Kubectl;
  /** The API server alone, to take the cluster away and bring it back on the same port with the same data. */
  readonly apiServer: {
    /** Lets it finish for the grace period (default 1 s: with watches open it would take a minute), then kills it. */
    stop(graceMilliseconds?: number): Promise<void>;
    start(): Promise<void>;
    /** SIGSTOP: it answers nothing and closes nothing, like one whose network is gone. `thaw` before anything else. */
    freeze(): void;
    thaw(): void;
  };
  /**
   * The store below the API server, with the API server away meanwhile: a copy of all that it has, and the way back to it,
   * after which resourceVersions that were given out since are given out again. Controllers are started anew, as etcd's own
   * instructions want it: theirs would wait for what they have seen. With `components: 'api'` only.
   */
  readonly etcd: { backUp(): Promise<void>; restore(): Promise<void> };
  /** Ends every process in order and waits for each. */
  stop(): Promise<void>;
}

/**
 * Starts a real control plane on loopback, ready to use. It also ends when this process ends, in whatever way.
 * Throws ControlPlaneUnavailable when its programs can't be had here.
 */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const { log = () => undefined, signal, components = 'full' } = options;
  const full = components === 'full';
  const nodes = options.nodes ?? (full ? 2 : 0);
  const programs = await resolveBinaries(programsFor(full, nodes), { log, signal });

  const folder = resolve(options.folder ?? (await mkdtemp(join(tmpdir(), 'claworc-control-plane-'))));
  await mkdir(folder, { recursive: true });
  const layout = await openLayout(folder);
  const { kubeconfig, certificateFile: caFile, token } = layout;
  const server = `https://127.0.0.1:${layout.ports.apiServer}`;
  const kubectl = createKubectl(programs.kubectl, kubeconfig);
  const processes = new Supervised(options.folder ? undefined : folder);
  const env = { PATH: process.env.PATH ?? '', HOME: folder };
  const start = (name: Exclude<keyof typeof programs, 'kubectl'>, args: string[]): Promise<number> =>
    processes.start({ name, command: programs[name], args, env, logFile: join(folder, `${name}.log`) });

  let apiServerPid = 0;
  const startApiServer = async (): Promise<void> => {
    apiServerPid = await start('kube-apiserver', apiServerArguments(layout));
    const alive = (): Promise<void> => processes.assertRunning('kube-apiserver');
    await waitUntil('the API server', () => answersOk(`${server}/readyz`, caFile, token), { alive, signal });
  };

  const swapStore = async (swap: (store: string) => Promise<void>): Promise<void> => {
    await processes.stop('kube-controller-manager', 1_000);
    await processes.stop('kube-apiserver', 1_000);
    await processes.stop('etcd', 10_000);
    await swap(join(folder, 'etcd'));
    await start('etcd', etcdArguments(layout));
    await startApiServer();
    await start('kube-controller-manager', controllerManagerArguments(layout, options.controllers));
  };

  try {
    const started = performance.now();
    await start('etcd', etcdArguments(layout));
    await startApiServer();
    await writeKubeconfig(layout, server);
    await start('kube-controller-manager', controllerManagerArguments(layout, options.controllers));
    if (full) await start('kube-scheduler', schedulerArguments(layout));
    const applied = await kubectl(['apply', '--server-side', '-f', '-'], { input: await clusterObjects(nodes) });
    if (applied.code !== 0) throw new Error(`the objects of the test cluster were refused:\n${applied.stderr}`);
    if (nodes > 0) await start('kwok', kwokArguments(layout, await writeKwokConfig(layout, forwardsOf(options))));
    const alive = async (): Promise<void> => {
      for (const name of Object.keys(programs)) await processes.assertRunning(name);
    };
    await waitUntil('nodes and controllers', () => isUsable(kubectl, nodes), { alive, signal });
    // Nodes that an earlier plane left in this folder are Ready before the new kwok serves their logs.
    if (nodes > 0) await waitUntil('the nodes to answer', () => isListening(layout.ports.kubelet), { alive, signal });
    log(`control plane ready in ${((performance.now() - started) / 1000).toFixed(1)} s: ${server}`);
  } catch (error) {
    await processes.stopAll();
    throw error;
  }

  return {
    server,
    kubeconfig,
    caFile,
    token,
    folder,
    logFile: layout.sharedLogFile,
    kubectlPath: programs.kubectl,
    kubectl,
    apiServer: {
      stop: (grace = 1000) => processes.stop('kube-apiserver', grace),
      start: startApiServer,
      freeze: () => void process.kill(apiServerPid, 'SIGSTOP'),
      thaw: () => void process.kill(apiServerPid, 'SIGCONT'),
    },
    etcd: {
      backUp: () => swapStore((store) => cp(store, `${store}-backup`, { recursive: true })),
      restore: () =>
        swapStore(async (store) => {
          await rm(store, { recursive: true });
          await cp(`${store}-backup`, store, { recursive: true });
        }),
    },
    stop: () => processes.stopAll(),
    [Symbol.asyncDispose]: () => processes.stopAll(),
  };
}

function programsFor(full: boolean, nodes: number) {
  const names: Exclude<ProgramName, 'sops'>[] = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kubectl'];
  if (full) names.push('kube-scheduler');
  if (nodes > 0) names.push('kwok');
  return names;
}

function forwardsOf({ screens = {}, portForwards }: ControlPlaneOptions): PortForwards {
  const { chrome, terminal } = screens;
  return { ...(chrome && { 5901: chrome }), ...(terminal && { 5902: terminal }), ...portForwards };
}

/** Pods are refused until the controller manager has made the namespace's service account. */
async function isUsable(kubectl: Kubectl, nodes: number): Promise<boolean> {
  const account = await kubectl(['get', 'serviceaccount', 'default', '-n', 'default']);
  if (account.code !== 0) return false;
  if (nodes === 0) return true;
  const path = 'jsonpath={.items[*].status.conditions[?(@.type=="Ready")].status}';
  const ready = await kubectl(['get', 'nodes', '-o', path]);
  return ready.stdout.split(' ').filter((status) => status === 'True').length >= nodes;
}
