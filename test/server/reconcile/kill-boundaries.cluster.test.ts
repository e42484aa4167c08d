import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Cluster, hasPlane, plane } from './cluster-fixture.ts';

const CHILD = join(import.meta.dirname, 'apply-child.ts');
const TIMEOUT_MS = 600_000;

/** How many boundaries are tried, spread over all of them; `all` tries each. */
const ASKED = process.env.CLAWORC_TEST_BOUNDARIES ?? '4';

interface Boundary {
  /** Counted from 1. */
  readonly write: number;
  readonly when: 'before' | 'after';
}

/** The first write's start and the last one's end are always among them. */
function boundariesOf(writes: number): readonly Boundary[] {
  const all = Array.from({ length: writes }, (_, index) =>
    (['before', 'after'] as const).map((when) => ({ write: index + 1, when })),
  ).flat();
  if (ASKED === 'all') return all;
  const count = Math.min(Number(ASKED), all.length);
  return Array.from({ length: count }, (_, index) => all[Math.round((index * (all.length - 1)) / (count - 1))]!);
}

/** One apply of main that is killed at the boundary; false where it had come through before that. */
async function killAt(cluster: Cluster, { write, when }: Boundary): Promise<boolean> {
  if ('unavailable' in plane) throw new Error(plane.unavailable);
  const folder = await mkdtemp(join(tmpdir(), 'claworc-boundary-'));
  try {
    const file = join(folder, 'files.json');
    const files = [...cluster.repo.files.keys()].map((path) => [path, cluster.repo.text(path)]);
    await writeFile(file, JSON.stringify(Object.fromEntries(files)));
    const target = JSON.stringify({ server: plane.server, caFile: plane.caFile, token: plane.token });
    const child = spawn(process.execPath, [CHILD, target, file, String(write), when, '', cluster.repo.head() ?? ''], {
      stdio: 'inherit',
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    if (code !== null && code !== 0) throw new Error(`the apply ended with ${code}`);
    return signal === 'SIGKILL';
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A first apply, a changed bot and a removal at once: every kind of write there is, parents and prunes among them. */
async function settled(): Promise<Cluster> {
  const cluster = await Cluster.create();
  cluster.repo.record('bot-alpha').record('bot-omega').record('bot-stays').synth().commit();
  await cluster.apply();
  cluster.repo.record('bot-alpha', { state: 'stopped' }).record('bot-new').remove('bot-omega', 'retain').synth();
  cluster.repo.commit();
  return cluster;
}

const uidsOf = async (cluster: Cluster, kinds: string, selector?: string): Promise<readonly string[]> =>
  (await cluster.objects(kinds, selector)).map(({ metadata }) => metadata.uid ?? '').sort();

describe.skipIf(!hasPlane)('an apply that is killed at one write', () => {
  test(
    'is finished by the next: live equals git, nothing is an orphan, and nothing was deleted that should stay',
    async () => {
      await using measured = await settled();
      const before = measured.writes();
      await measured.apply();
      const wanted = await measured.names();
      const boundaries = boundariesOf(measured.writes() - before);
      expect(boundaries.length).toBeGreaterThan(1);

      let killed = 0;
      for (const boundary of boundaries) {
        await using cluster = await settled();
        const claims = await uidsOf(cluster, 'pvc');
        const stays = await uidsOf(cluster, 'deploy,svc,pvc,cm,netpol', 'app=bot-stays');
        const where = `${boundary.when} write ${boundary.write}`;

        if (await killAt(cluster, boundary)) killed++;

        // What an apply leaves in the middle is no fault: the next one finds it by what is recorded.
        expect((await cluster.fsck()).findings, where).toEqual([]);
        await cluster.apply();
        expect((await cluster.fsck()).findings, where).toEqual([]);
        expect(await cluster.names(), where).toEqual(wanted);
        const now = await uidsOf(cluster, 'pvc');
        expect(
          claims.filter((uid) => !now.includes(uid)),
          where,
        ).toEqual([]);
        expect(await uidsOf(cluster, 'deploy,svc,pvc,cm,netpol', 'app=bot-stays'), where).toEqual(stays);
        const again = cluster.writes();
        await cluster.apply();
        expect(cluster.writes(), where).toBe(again);
      }
      expect(killed).toBeGreaterThan(0);
    },
    TIMEOUT_MS,
  );
});
