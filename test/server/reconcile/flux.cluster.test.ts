import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../server/cluster/live-object.ts';
import { resolveBinary } from '../../control-plane/binaries.ts';
import { Cluster, hasPlane, plane } from './cluster-fixture.ts';

describe.skipIf(!hasPlane)("with Flux's library beside it", () => {
  test('both make the same objects of one repository, and of its next commit', async () => {
    await using ours = await Cluster.create();
    await using theirs = await Cluster.create();
    for (const { repo } of [ours, theirs]) {
      repo.record('bot-alpha', { env: { TZ: 'Europe/Berlin' } }).record('bot-beta', { state: 'stopped' });
      repo.record('bot-gamma', { resources: { limits: { cpu: '4', memory: '8Gi' } } });
      repo.synth().commit();
    }

    await ours.apply();
    await fluxPass(theirs);
    const first = await specified(ours);

    expect(first).toHaveLength(24);
    expect(await specified(theirs)).toEqual(first);

    for (const { repo } of [ours, theirs])
      repo
        .record('bot-beta', { env: { LOG_LEVEL: 'debug' } })
        .synth()
        .commit();
    await ours.apply();
    await fluxPass(theirs);
    const second = await specified(ours);

    expect(second).not.toEqual(first);
    expect(await specified(theirs)).toEqual(second);
  });

  test('it finds nothing to change in what we applied, and leaves our marks alone', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await cluster.apply();
    const before = await marksOf(cluster);

    const told = await fluxPass(cluster);

    expect(told).toBe('unchanged 8\n');
    expect(await marksOf(cluster)).toEqual(before);
  });
});

const KINDS = 'deploy,svc,pvc,cm,secret,netpol';
const OURS = 'app.kubernetes.io/managed-by=claworc';

/** One pass over what the repository has under dist/; what it did, in its own words. */
async function fluxPass({ namespace, repo }: Cluster): Promise<string> {
  if ('unavailable' in plane) throw new Error(plane.unavailable);
  const flux = await resolveBinary('flux-ssa', { log: () => undefined });
  const folder = await mkdtemp(join(tmpdir(), 'claworc-flux-'));
  try {
    for (const [path, bytes] of repo.files) {
      if (!path.startsWith('dist/')) continue;
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), bytes);
    }
    const flags = ['--kubeconfig', plane.kubeconfig, '--namespace', namespace, '--folder', folder];
    return (await promisify(execFile)(flux, flags)).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const marksOf = async (cluster: Cluster): Promise<readonly unknown[]> =>
  (await cluster.objects(KINDS, OURS)).map(({ metadata: { name, labels = {}, annotations = {} } }) => [
    ...[name, labels],
    Object.fromEntries(Object.entries(annotations).filter(([key]) => !OF_A_CONTROLLER.test(key))),
  ]);

/** What was specified of each object, and not what the API server or an applier notes for itself. */
async function specified(cluster: Cluster): Promise<readonly unknown[]> {
  const objects = (await cluster.objects(KINDS, OURS)).filter(({ metadata }) => !metadata.name.endsWith('-applyset'));
  return objects
    .map((object) => {
      const { apiVersion, kind, metadata, status: _, spec, ...rest } = object;
      const { name, labels = {}, annotations = {} } = metadata;
      return {
        apiVersion,
        kind,
        name,
        labels: without(labels),
        annotations: without(annotations),
        spec: specOf(object, spec),
        ...rest,
      };
    })
    .sort((a, b) => `${a.kind}/${a.name}`.localeCompare(`${b.kind}/${b.name}`));
}

/** The cluster's own, which it writes when it gets to it. */
const OF_A_CONTROLLER = /^(deployment|pv|volume(\.beta)?)\.kubernetes\.io\//;
const OF_AN_APPLIER = /^(claworc\.dev|applyset\.kubernetes\.io)\//;

const without = (marks: Readonly<Record<string, string>>): object =>
  Object.fromEntries(Object.entries(marks).filter(([key]) => !OF_AN_APPLIER.test(key) && !OF_A_CONTROLLER.test(key)));

/** Addresses and volumes are the cluster's to choose. */
function specOf({ kind }: LiveObject, spec: unknown): unknown {
  if (kind !== 'Service' && kind !== 'PersistentVolumeClaim') return spec;
  const { clusterIP: _, clusterIPs: __, volumeName: ___, ...rest } = spec as Readonly<Record<string, unknown>>;
  return rest;
}
