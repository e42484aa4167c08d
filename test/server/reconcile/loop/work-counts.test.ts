import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../../server/lib/log.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import type { DesiredUnit, PrunePermit } from '../../../../server/reconcile/desired/desired-state.ts';
import { EventIndex } from '../../../../server/reconcile/live/event-index.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import { NO_PORTS_ON_MAIN } from '../../../../server/reconcile/plan/port-moves.ts';
import { createUnitWorker } from '../../../../server/reconcile/loop/unit-worker.ts';
import { parentObject } from '../../../../server/reconcile/plan/applyset.ts';
import { planUnit } from '../../../../server/reconcile/plan/plan.ts';
import { createObservedStore } from '../../../../server/reconcile/status/observed-store.ts';
import { appliedLive } from '../live-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { RepoFixture, VERSION } from '../repo-fixture.ts';

const UNITS = ['bot-a', 'bot-b', 'bot-c', 'bot-d'];

async function fleet(): Promise<RepoFixture> {
  const repo = await RepoFixture.create('claworc');
  for (const unit of UNITS) repo.record(unit);
  return repo.synth();
}

describe('a commit that changes one bot', () => {
  let loop: Loop;
  const touched: string[] = [];
  beforeEach(async () => {
    const repo = await fleet();
    repo.commit();
    loop = new Loop({ api: null, repo });
    loop.reconciler.observed.subscribe((units) => touched.push(...units));
    await expect.poll(() => touched, WAIT).toEqual(expect.arrayContaining([...UNITS, 'fleet']));
    touched.length = 0;
  });
  afterEach(() => loop.stop());

  it('touches that bot alone, and what is said of all others is about the commit at once', async () => {
    loop.repo.record('bot-b', { env: { TZ: 'UTC' } });

    const commit = loop.publish();

    await expect.poll(() => touched, WAIT).toEqual(['bot-b']);
    for (const unit of UNITS) expect(loop.reconciler.observed.isAbout(unit)).toBe(commit);
  });

  it('touches nothing when no bot renders differently', async () => {
    loop.repo.write('claworc.yaml', `# Ours\n${loop.repo.text('claworc.yaml')}`);

    const commit = loop.publish();

    await expect.poll(() => loop.reconciler.observed.commit(), WAIT).toBe(commit);
    expect(touched).toEqual([]);
    expect(loop.reconciler.observed.isAbout('bot-a')).toBe(commit);
  });
});

describe('without a cluster', () => {
  it('no bot is planned, and what main holds is told all the same', async () => {
    const fixture = await fleet();
    fixture.write('dist/bot-b/deployment.yaml', 'edited: by hand\n');
    const commit = fixture.commit();
    const loop = new Loop({ api: null, repo: fixture });
    const { observed } = loop.reconciler;

    await expect.poll(() => UNITS.map((unit) => observed.isAbout(unit)), WAIT).toEqual(UNITS.map(() => commit));

    expect(observed.unit('bot-a')).toMatchObject({ sync: 'published', wish: null, objects: [] });
    expect(observed.unit('bot-b')).toMatchObject({ sync: 'failed' });
    await loop.stop();
  });
});

describe('the worker', () => {
  const planned: string[] = [];
  const shown: string[] = [];
  let desired: Map<string, DesiredUnit>;
  let index: LiveIndex;
  let permit: PrunePermit;
  let commit: string;
  let worker: ReturnType<typeof createUnitWorker>;

  beforeEach(async () => {
    const { repo } = await fleet();
    desired = new Map(UNITS.map((unit) => [unit, desiredUnit(repo, unit)]));
    index = new LiveIndex();
    permit = { allowed: true };
    commit = '1'.repeat(40);
    const events = new EventIndex();
    for (const unit of desired.values()) {
      if (unit.state !== 'present') throw new Error(`${unit.unit} is ${unit.state}`);
      for (const { object } of unit.objects) index.put(appliedLive(object));
      const kinds = unit.objects.map(({ kind }) => kind);
      index.put(appliedLive(parentObject(unit.unit, 'claworc', kinds, VERSION)));
    }
    const observed = createObservedStore({
      connection: () => ({
        state: 'connected',
        context: null,
        server: null,
        identity: null,
        detail: '',
        lastSeen: null,
      }),
      commit: () => commit,
      namespace: () => 'claworc',
      standing: () => [],
      retained: () => [],
      removals: () => null,
      rollout: () => null,
      rewind: () => null,
    });
    worker = createUnitWorker({
      options: {
        api: null,
        source: {
          head: async () => null,
          readFiles: async () => ({ files: new Map(), refused: [] }),
          parentOf: async () => null,
          orderOf: async () => 'after',
          fileVersions: async () => ({ versions: [], isWhole: true }),
        },
        version: VERSION,
        log: silentLog,
        clock: { now: () => 1_800_000_000_000 },
      },
      observed: {
        ...observed,
        set(unit) {
          shown.push(unit.unit);
          observed.set(unit);
        },
      },
      desiredOf: (unit) => desired.get(unit),
      live: () => ({ index, events }),
      blocked: () => null,
      gate: null,
      commit: () => commit,
      namespace: () => 'claworc',
      applier: () => 'claworc' as const,
      portsOnMain: () => NO_PORTS_ON_MAIN,
      permit: () => permit,
      again: () => undefined,
      signal: new AbortController().signal,
      plan: (unit, ...rest) => {
        planned.push(unit.unit);
        return planUnit(unit, ...rest);
      },
    });
    for (const unit of UNITS) await worker.work(unit);
    planned.length = 0;
    shown.length = 0;
  });

  it('has nothing to plan or to show for units that are as they were, under whatever commit', () => {
    commit = '2'.repeat(40);

    expect(UNITS.filter((unit) => !worker.isSettled(unit))).toEqual([]);
    expect([...planned, ...shown]).toEqual([]);
  });

  it('does not plan a unit again because another word on removals came: it has nothing to remove', async () => {
    permit = { allowed: false, reason: 'main was rewound' };

    for (const unit of UNITS) await worker.work(unit);

    expect(planned).toEqual([]);
  });

  it('plans a unit again that was kept from overwriting what lives, when it no longer is', async () => {
    const service = index.get('Service', 'bot-c-vnc');
    if (service === undefined) throw new Error('no Service');
    index.remove(service);
    const reason = 'another repository was applied here';
    permit = { allowed: false, reason, overwrites: { units: 'living', reason } };
    await worker.work('bot-c');
    planned.length = 0;

    permit = { allowed: true };
    expect(worker.isSettled('bot-c')).toBe(false);
    await worker.work('bot-c');

    expect(planned).toEqual(['bot-c']);
  });

  it('plans a unit again when one of its objects changes, and no other', async () => {
    const deployment = index.get('Deployment', 'bot-c');
    if (deployment === undefined) throw new Error('no Deployment');
    index.put({ ...deployment, metadata: { ...deployment.metadata, resourceVersion: '9' } });

    const due = UNITS.filter((unit) => !worker.isSettled(unit));
    for (const unit of due) await worker.work(unit);

    expect(due).toEqual(['bot-c']);
    expect(planned).toEqual(['bot-c']);
  });
});
