import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readRepo, synthRepo, type Repo } from '../constructs/repo/index.ts';
import { createApi } from '../server/cluster/api.ts';
import { loadConnection } from '../server/cluster/connection.ts';
import { applyRepo } from '../server/reconcile/once/apply-repo.ts';
import { startControlPlane } from '../test/control-plane/control-plane.ts';
import { benchFiles } from './fleet.ts';

export interface ReconcileBench {
  readonly units: number;
  /** Seconds, Claworc beside `kubectl apply --server-side` of the same objects in the same run. */
  readonly steps: readonly {
    readonly step: 'first' | 'noop' | 'change';
    readonly claworc: number;
    readonly kubectl: number;
    /** Claworc's time over kubectl's: below 1 it is faster. */
    readonly ratio: number;
    /** Requests that Claworc sent. */
    readonly requests: number;
  }[];
}

type Files = Map<string, string>;

/** First apply, nothing to do, and one changed bot, for a fleet of `units` bots on an API server of its own. */
export async function run({ units = 100, log = (_: string): void => undefined } = {}): Promise<ReconcileBench> {
  await using plane = await startControlPlane({ components: 'api' });
  const api = createApi(await loadConnection({ kubeconfig: plane.kubeconfig }));
  const folder = await mkdtemp(join(tmpdir(), 'claworc-bench-'));
  const ours = filesFor(units, 'bench-claworc');
  const theirs = filesFor(units, 'bench-kubectl');
  await plane.kubectl(['create', 'namespace', 'bench-kubectl']);

  const claworc = async (): Promise<void> => {
    const repo = toRepo(ours);
    const { units: outcomes } = await applyRepo({ api, repo, commit: '0'.repeat(40), version: '0.0.0' });
    const failed = outcomes.find(({ state }) => state !== 'done');
    if (failed !== undefined) throw new Error(`${failed.unit}: ${failed.reason}`);
  };
  const kubectl = async (): Promise<void> => {
    const { code, stderr } = await plane.kubectl(['apply', '--server-side', '--force-conflicts', '-R', '-f', folder]);
    if (code !== 0) throw new Error(stderr);
  };

  try {
    const steps: ReconcileBench['steps'][number][] = [];
    for (const step of ['first', 'noop', 'change'] as const) {
      if (step === 'change') for (const files of [ours, theirs]) changeOne(files);
      await writeManifests(folder, theirs);
      const before = total(api.http.sent);
      const mine = await seconds(claworc);
      const requests = total(api.http.sent) - before;
      const other = await seconds(kubectl);
      steps.push({ step, claworc: mine, kubectl: other, ratio: mine / other, requests });
      log(`${step.padEnd(6)} claworc ${mine.toFixed(2)} s, kubectl ${other.toFixed(2)} s, ${requests} requests`);
    }
    return { units, steps };
  } finally {
    await api.http.close();
    await rm(folder, { recursive: true });
  }
}

function filesFor(units: number, namespace: string): Files {
  const files = new Map(benchFiles(units));
  files.set('claworc.yaml', (files.get('claworc.yaml') ?? '').replace('namespace: claworc', `namespace: ${namespace}`));
  return render(files);
}

function render(files: Files): Files {
  const { changes } = synthRepo(toRepo(files), { at: '2026-11-22T10:00:00Z', by: 'bench' });
  for (const [path, text] of changes) if (text !== null) files.set(path, text);
  return files;
}

function changeOne(files: Files): void {
  const path = 'instances/bot-0001.yaml';
  files.set(path, (files.get(path) ?? '').replace('displayName:', 'image: example.com/other:1\n  displayName:'));
  render(files);
}

const toRepo = (files: Files): Repo => readRepo(new Map([...files].map(([path, text]) => [path, Buffer.from(text)])));

async function writeManifests(folder: string, files: Files): Promise<void> {
  for (const [path, text] of files) {
    if (!path.startsWith('dist/')) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function seconds(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

const total = (sent: ReadonlyMap<string, number>): number => [...sent.values()].reduce((sum, count) => sum + count, 0);
