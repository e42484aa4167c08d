import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cluster, hasPlane, plane } from './cluster-fixture.ts';

const CHILD = join(import.meta.dirname, 'apply-child.ts');
const MEMBERS = 'applyset.kubernetes.io/part-of';

/** Each gets through one or two writes; after a death `after` the write nobody knows that it was done. */
const DEATHS = [
  ['1', 'after'],
  ['3', 'before'],
  ['2', 'after'],
] as const;

/** Kills one apply after the other at its next write, until one comes through. Returns how many were killed. */
async function applyThroughKills(
  cluster: Cluster,
  afterEach: () => Promise<void>,
  approval: readonly string[] = [],
): Promise<number> {
  if ('unavailable' in plane) return 0;
  const folder = await mkdtemp(join(tmpdir(), 'claworc-kill-'));
  const file = join(folder, 'files.json');
  const files = [...cluster.repo.files.keys()].map((path) => [path, cluster.repo.text(path)]);
  await writeFile(file, JSON.stringify(Object.fromEntries(files)));
  try {
    for (let kills = 0; kills < 40; kills++) {
      const [dieAfter, when] = DEATHS[kills % DEATHS.length]!;
      const { server, caFile, token } = plane;
      const target = JSON.stringify({ server, caFile, token });
      const child = spawn(process.execPath, [CHILD, target, file, dieAfter, when, ...approval], { stdio: 'inherit' });
      const [code] = (await once(child, 'exit')) as [number | null];
      await afterEach();
      if (code !== null) {
        expect(code).toBe(0);
        return kills;
      }
    }
    throw new Error('it never came through');
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe.skipIf(!hasPlane)('killed at every write', () => {
  test('an apply goes on where it was and ends with every object once', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth();
    const uids = new Map<string, string>();
    const kills = await applyThroughKills(cluster, async () => {
      for (const { kind, metadata } of await cluster.objects('deploy,svc,pvc,cm,netpol', MEMBERS)) {
        const key = `${kind}/${metadata.name}`;
        expect(uids.get(key) ?? metadata.uid).toBe(metadata.uid);
        uids.set(key, metadata.uid ?? '');
      }
    });
    expect(kills).toBeGreaterThan(4);
    expect(await cluster.names(MEMBERS)).toHaveLength(8);
  }, 300_000);

  test('a removal goes on where it was, keeps the volumes, and touches nobody else', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').record('bot-beta').synth().commit();
    await cluster.apply();
    const before = await cluster.kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}');
    const beta = await cluster.names('app=bot-beta');
    cluster.repo.remove('bot-alpha', 'retain').synth();

    const kills = await applyThroughKills(cluster, async () => {
      expect(await cluster.kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}')).toBe(before);
      expect(await cluster.names('app=bot-beta')).toEqual(beta);
    });
    expect(kills).toBeGreaterThan(3);
    expect(await cluster.names('claworc.dev/retained=bot-alpha')).toHaveLength(4);
    expect(await cluster.names('app=bot-alpha')).toHaveLength(4);
  }, 300_000);

  test('an approved removal of more than the budget goes on where it was, and every claim stays', async () => {
    await using cluster = await Cluster.create();
    const names = ['bot-a', 'bot-b', 'bot-c', 'bot-d'];
    for (const name of [...names, 'bot-stays']) cluster.repo.record(name);
    cluster.repo.synth().commit();
    await cluster.apply();
    const before = await cluster.kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}');
    const stays = await cluster.names('app=bot-stays');
    for (const name of names) cluster.repo.remove(name, 'retain');
    cluster.repo.synth();
    const hash = (await cluster.plan()).removals?.verdict()?.hash ?? '';
    expect(hash).toMatch(/^[0-9a-f]{12}$/);

    const kills = await applyThroughKills(cluster, async () => {
      expect(await cluster.kubectl('get', 'pvc', '-o', 'jsonpath={.items[*].metadata.uid}')).toBe(before);
      expect(await cluster.names('app=bot-stays')).toEqual(stays);
    }, [hash]);
    expect(kills).toBeGreaterThan(5);
    expect(await cluster.objects('deploy')).toHaveLength(1);
  }, 300_000);
});
