import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createApi, type ClusterApi } from '../server/cluster/api.ts';
import { loadConnection } from '../server/cluster/connection.ts';
import type { LiveObject } from '../server/cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../server/cluster/resources.ts';
import { watchOnce } from '../server/cluster/watch-stream.ts';
import { startControlPlane } from '../test/control-plane/control-plane.ts';
import { median, percentile, type Measurement } from './measurement.ts';
import { commitFiles, renderedFiles, startProgram, type Program } from './program.ts';
import { moveMain, stageChange } from './stage-change.ts';

const NAMESPACE = 'claworc';
const CHANGES = 30;
const DRIFTS = 50;
const REST_MS = 60_000;
/** What makes no pods, which no node would run. */
const CONTROLLERS = [
  'serviceaccount-controller',
  'namespace-controller',
  'persistentvolumeclaim-protection-controller',
];
const CHANGED_MS = 300;
const REQUESTS_OF_A_CHANGE = 4;
const DRIFT_MS = { median: 500, p99: 2_000 };
const MEMORY_MB: Readonly<Record<number, number>> = { 5_000: 300 };

/**
 * The server that follows main and a fleet that lives: from a moved ref to the changed object in the cluster, as a watch of
 * somebody else sees it; from a hand edit until it is put right; what a rest costs, in requests and in memory. `BENCH_SIZES`
 * names the fleets; the first apply of 5,000 bots takes many minutes.
 */
export async function run(): Promise<readonly Measurement[]> {
  const sizes = (process.env.BENCH_SIZES ?? '300').split(',').map(Number);
  const found: Measurement[] = [];
  for (const size of sizes) found.push(...(await measure(size)));
  return found;
}

async function measure(size: number): Promise<readonly Measurement[]> {
  await using plane = await startControlPlane({ components: 'api', controllers: CONTROLLERS });
  const api = createApi(await loadConnection({ kubeconfig: plane.kubeconfig }));
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  const repo = join(folder, 'instances.git');
  const files = renderedFiles(size, NAMESPACE);
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', repo]);
  commitFiles(repo, files, 'Bench');
  const flags = ['--kubeconfig', plane.kubeconfig];
  const program = await startProgram({ data: join(folder, 'data'), repo, flags, nodeFlags: [] });
  const found: Measurement[] = [];
  const note = (name: string, value: number, unit: string, limit?: number): void => {
    found.push({ name: `${size} bots: ${name}`, value, unit, ...(limit !== undefined && { limit }) });
    console.error(`${size} bots: ${name}: ${value.toFixed(2)} ${unit}`);
  };
  try {
    const started = performance.now();
    await program.until(({ sync }) => sync === 'applied', 3_600_000);
    note('first apply, clock', (performance.now() - started) / 1_000, 's');
    note('first apply, CPU', program.cpu(), 's');
    note('first apply, peak memory', program.memory().peak, 'MB');
    await pause(15_000);
    const [asked, cpu] = [await requestsOf(program), program.cpu()];
    await pause(REST_MS);
    note('requests in 60 s of rest, the sign of life each 12 s among them', (await requestsOf(program)) - asked, '', 6);
    note('CPU in 60 s of rest', program.cpu() - cpu, 's');
    note('memory at rest', program.memory().now, 'MB', MEMORY_MB[size]);

    const seen = await followDeployments(api);
    const changes: number[] = [];
    const [askedBefore, cpuBefore, gitBefore] = [await requestsOf(program), program.cpu(), program.gitCpu()];
    for (let turn = 0; turn < CHANGES; turn += 1) {
      const bot = botAt(turn * 37, size);
      stageChange(repo, files, bot, `${700 + turn}m`);
      const isApplied = seen.next(bot, (object) => JSON.stringify(object).includes(`"cpu":"${700 + turn}m"`));
      const from = performance.now();
      moveMain(repo);
      await isApplied;
      changes.push(performance.now() - from);
      // What is left of it, such as the note of the commit, is no part of the next.
      await pause(500);
    }
    note('moved ref to the written object, median', median(changes), 'ms', CHANGED_MS);
    note('moved ref to the written object, 95th percentile', percentile(changes, 95), 'ms');
    const asking = (await requestsOf(program)) - askedBefore;
    note('requests of a change', asking / CHANGES, '', REQUESTS_OF_A_CHANGE);
    note('CPU of a change', ((program.cpu() - cpuBefore) / CHANGES) * 1_000, 'ms');
    note('CPU of a change, git', ((program.gitCpu() - gitBefore) / CHANGES) * 1_000, 'ms');

    const drifts: number[] = [];
    for (let turn = 0; turn < DRIFTS; turn += 1) {
      const bot = botAt(turn * 41 + 1, size);
      const wanted = imageOf(seen.now(bot));
      const isRight = seen.next(bot, (object) => imageOf(object) === wanted);
      await editByHand(api, seen.now(bot));
      const from = performance.now();
      await isRight;
      drifts.push(performance.now() - from);
    }
    note('drift until put right, median', median(drifts), 'ms', DRIFT_MS.median);
    note('drift until put right, 99th percentile', percentile(drifts, 99), 'ms', DRIFT_MS.p99);
    seen.stop();
    await pause(5_000);
    note('memory after both', program.memory().now, 'MB');
    note('peak memory', program.memory().peak, 'MB');
  } finally {
    await program.stop();
    await api.http.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return found;
}

const botAt = (turn: number, size: number): string => `bot-${String(turn % size).padStart(4, '0')}`;

async function requestsOf({ address }: Program): Promise<number> {
  const text = await (await fetch(`${address}/metrics`)).text();
  const counts = [...text.matchAll(/^claworc_api_requests_total\{.*\} (\d+)/gm)].map(([, count]) => Number(count));
  return counts.reduce((sum, count) => sum + count, 0);
}

interface Followed {
  now(bot: string): LiveObject;
  /** Resolves with the first version from now on that is as asked. */
  next(bot: string, isThere: (object: LiveObject) => boolean): Promise<void>;
  stop(): void;
}

async function followDeployments(api: ClusterApi): Promise<Followed> {
  const known = new Map<string, LiveObject>();
  const waits = new Map<string, (object: LiveObject) => void>();
  const ended = new AbortController();
  await new Promise<void>((resolve) => {
    void watchOnce(api, MANAGED_RESOURCES.Deployment, NAMESPACE, {
      resourceVersion: null,
      timeoutSeconds: 3_600,
      silenceMs: 600_000,
      signal: ended.signal,
      onEvent: (event) => {
        if (event.type === 'bookmark' && event.endsList) resolve();
        if (event.type !== 'put') return undefined;
        known.set(event.object.metadata.name, event.object);
        waits.get(event.object.metadata.name)?.(event.object);
        return undefined;
      },
    });
  });
  return {
    now: (bot) => {
      const object = known.get(bot);
      if (object === undefined) throw new Error(`${bot} is not there`);
      return object;
    },
    next: (bot, isThere) =>
      new Promise((resolve) => {
        waits.set(bot, (object) => {
          if (!isThere(object)) return;
          waits.delete(bot);
          resolve();
        });
      }),
    stop: () => ended.abort(),
  };
}

interface Container {
  readonly name: string;
  readonly image: string;
}

function containerOf(deployment: LiveObject): Container {
  const { template } = deployment.spec as {
    readonly template: { readonly spec: { readonly containers: readonly Container[] } };
  };
  const [container] = template.spec.containers;
  if (container === undefined) throw new Error(`${deployment.metadata.name} has no container`);
  return container;
}

const imageOf = (deployment: LiveObject): string => containerOf(deployment).image;

async function editByHand(api: ClusterApi, deployment: LiveObject): Promise<void> {
  const { name, uid = '', resourceVersion = '' } = deployment.metadata;
  const spec = structuredClone(deployment.spec) as { template: { spec: { containers: { image: string }[] } } };
  for (const container of spec.template.spec.containers) container.image = 'example.com/by-hand:1';
  const edited = await api.mergePatch(
    MANAGED_RESOURCES.Deployment,
    NAMESPACE,
    name,
    { spec },
    {
      fieldManager: 'kubectl-edit',
      preconditions: { uid, resourceVersion },
    },
  );
  if (!edited.ok) throw new Error(edited.failure.message);
}
