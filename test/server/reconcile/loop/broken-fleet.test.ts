import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ClaworcError } from '../../../../server/lib/errors.ts';
import type { DesiredSource } from '../../../../server/reconcile/desired/desired-source.ts';
import type { ReconcilerOptions } from '../../../../server/reconcile/loop/reconciler.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

let cluster: MemoryCluster;
let loop: Loop | undefined;
const run = (options: Partial<ReconcilerOptions> = {}): Loop => (loop = new Loop(cluster, options));
const applied = (unit: string): Promise<void> =>
  vi.waitFor(() => expect(loop?.unit(unit)).toMatchObject({ sync: 'applied' }), WAIT);
const fleetSays = (words: RegExp): Promise<void> =>
  vi.waitFor(() => {
    expect(loop?.unit('fleet')).toMatchObject({ sync: 'failed', reason: expect.stringMatching(words) as string });
  }, WAIT);
const live = (): readonly string[] =>
  cluster.server.store.objects().map(({ kind, metadata }) => `${kind}/${metadata.name}`);
const SERVICE = 'Service/bot-alpha-vnc';

/** Commits, rendering nothing, and has it looked at. */
function commit(): string {
  const id = cluster.repo.commit();
  loop?.reconciler.reconcileNow();
  return id;
}
function setFleet(text: string): void {
  cluster.repo.write('claworc.yaml', text);
  commit();
}

let good: string;
beforeEach(async () => {
  cluster = await MemoryCluster.create();
  cluster.repo.record('bot-alpha').synth().commit();
  good = cluster.repo.text('claworc.yaml');
});
afterEach(async () => {
  await loop?.stop();
  await cluster[Symbol.asyncDispose]();
});
const broken = (): string => good.replace('kind: Fleet', 'kind: Fleeet');

describe('a loop whose main as a whole can not be applied', () => {
  test('goes on with the last sound commit, says where it is broken, and follows main when it is mended', async () => {
    run();
    await applied('bot-alpha');
    const sound = cluster.repo.head() ?? '';
    cluster.repo.record('bot-beta').synth();
    setFleet(broken());

    await fleetSays(saysBroken(sound));
    cluster.server.store.remove(cluster.target('Service', 'bot-alpha-vnc'), {});
    await vi.waitFor(() => expect(live()).toContain(SERVICE), WAIT);
    expect(loop?.unit('bot-alpha')).toMatchObject({ sync: 'applied', commit: sound });
    expect(loop?.reconciler.observed.standing()).toEqual([expect.stringMatching(saysBroken(sound))]);
    expect(loop?.reconciler.observed.commit()).toBe(sound);
    expect(live()).not.toContain('Deployment/bot-beta');

    setFleet(good);
    await applied('bot-beta');
    await applied('fleet');
    expect(loop?.reconciler.observed.standing()).toEqual([]);
  });

  test('goes on also where claworc.yaml is gone from main', async () => {
    run();
    await applied('bot-alpha');
    cluster.repo.write('claworc.yaml', null);
    commit();

    await fleetSays(/^claworc\.yaml: is missing.*; until that is put right, main goes on/);
    expect(loop?.unit('bot-alpha')).toMatchObject({ sync: 'applied' });
  });

  test('goes on where main holds more than is read, and looks at such a commit once', async () => {
    const read: string[] = [];
    const tooLarge = new Set<string>();
    run({ source: sourceRefusing(tooLarge, read) });
    await applied('bot-alpha');
    const sound = cluster.repo.head() ?? '';
    cluster.repo.record('bot-beta').synth();
    const large = cluster.repo.commit();
    tooLarge.add(large);
    loop?.reconciler.reconcileNow();

    await fleetSays(new RegExp(`^far too many; until that is put right, main goes on .* at ${sound.slice(0, 7)}$`));
    cluster.server.store.remove(cluster.target('Service', 'bot-alpha-vnc'), {});
    await vi.waitFor(() => expect(live()).toContain(SERVICE), WAIT);
    expect(live()).not.toContain('Deployment/bot-beta');
    expect(read.filter((id) => id === large)).toEqual([large]);

    commit();
    await applied('bot-beta');
    await applied('fleet');
  });

  test('starts with the last sound commit of its history', async () => {
    cluster.repo.record('bot-beta').synth().commit();
    const sound = cluster.repo.head() ?? '';
    setFleet(broken());
    cluster.repo.record('bot-gamma').commit();
    setFleet(good.replace('kind: Fleet', 'kind: Flee'));
    const large = cluster.repo.commit();
    run({ source: sourceRefusing(new Set([large]), []) });

    await fleetSays(new RegExp(`^far too many; .* as it was at ${sound.slice(0, 7)}$`));
    await applied('bot-alpha');
    await applied('bot-beta');
    expect(live()).not.toContain('Deployment/bot-gamma');
  });

  test('applies nothing where no commit was ever sound, and starts when main is mended', async () => {
    await cluster[Symbol.asyncDispose]();
    cluster = await MemoryCluster.create();
    cluster.repo.record('bot-alpha').synth();
    setFleet(broken());
    run();

    await fleetSays(/^claworc\.yaml:2:7: kind: .*; until that is put right, nothing is applied$/);
    expect(live()).not.toContain(SERVICE);

    setFleet(good);
    await applied('bot-alpha');
  });
});

const saysBroken = (sound: string): RegExp =>
  new RegExp(
    `^claworc\\.yaml:2:7: kind: .*; until that is put right, main goes on being applied as it was at ${sound.slice(0, 7)}$`,
  );

/** The repository of the fixture, some commits of which are beyond the limits. */
function sourceRefusing(tooLarge: ReadonlySet<string>, read: string[]): DesiredSource {
  const { repo } = cluster;
  return {
    head: async () => repo.head(),
    readFiles: async (id) => {
      read.push(id);
      if (tooLarge.has(id)) throw new ClaworcError('too_large', 'far too many');
      return { files: repo.filesAt(id), refused: [] };
    },
    parentOf: async (id) => repo.parentOf(id),
    orderOf: async (a, b) => repo.orderOf(a, b),
    fileVersions: async (id, path) => repo.fileVersions(id, path),
  };
}
