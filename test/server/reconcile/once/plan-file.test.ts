import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RepoOutcome } from '../../../../server/reconcile/once/apply-repo.ts';
import { comparePlans, parsePlanFile, planFileOf, type PlanFile } from '../../../../server/reconcile/once/plan-file.ts';
import type { RepoPlan } from '../../../../server/reconcile/once/plan-repo.ts';
import { MemoryCluster } from '../memory-cluster.ts';

let cluster: MemoryCluster;
beforeEach(async () => {
  cluster = await MemoryCluster.withAlpha();
});
afterEach(() => cluster[Symbol.asyncDispose]());

const fileOf = (plan: RepoPlan): PlanFile => planFileOf(plan, { cluster: 'uid-1', version: '0.1.0' });
const kept = async (): Promise<PlanFile> => parsePlanFile(JSON.stringify(fileOf(await cluster.plan())), 'plan.json');
const applyPlanned = (planned: PlanFile): Promise<RepoOutcome> =>
  cluster.apply({ agree: async (plan) => comparePlans(planned, fileOf(plan)).join('; ') || null });
const scale = (replicas: number): void =>
  cluster.edit('Deployment', 'bot-alpha', 'kubectl-scale', { spec: { replicas } });

const editConfig = (text: string): void => {
  cluster.edit('ConfigMap', 'bot-alpha-config', 'kubectl-edit', { data: { 'clawdbot.json': text } });
};

describe('a plan that was kept', () => {
  test('is applied when nothing that it rests on has changed, and is then of no more use', async () => {
    const planned = await kept();
    expect((await applyPlanned(planned)).units.map(({ state }) => state)).toEqual(['done', 'done']);

    const again = await applyPlanned(planned);
    expect(again.refused).toContain('planned create, now nothing');
    expect(again.units).toEqual([]);
  });

  test('is the same again however often it is made, and whatever a status says', async () => {
    await cluster.apply();
    scale(0);
    const planned = await kept();
    cluster.edit('Deployment', 'bot-alpha', 'kube-controller-manager', { status: { observedGeneration: 7 } });

    expect((await kept()).digest).toBe(planned.digest);
  });

  test.each<[string, () => void, string]>([
    [
      'somebody changed the object that is to be configured',
      () => scale(3),
      'bot-alpha: Deployment bot-alpha: still configure, but of something else',
    ],
    [
      'somebody changed another object',
      () => editConfig('{}'),
      'bot-alpha: ConfigMap bot-alpha-config: planned nothing, now configure',
    ],
    [
      'main has another commit',
      () => {
        cluster.repo.record('bot-beta').synth().commit();
      },
      'the plan is of commit',
    ],
  ])('is refused, with the difference, when %s; and nothing is written', async (_, happen, words) => {
    await cluster.apply();
    scale(0);
    const planned = await kept();
    happen();
    const writes = cluster.writes().length;

    const { refused } = await applyPlanned(planned);
    expect(refused).toContain(words);
    expect(cluster.writes().length).toBe(writes);
  });

  test('holds no value of an object, only digests', async () => {
    await cluster.apply();
    editConfig('hunter2');

    const text = JSON.stringify(await kept());
    expect(text).toContain('bot-alpha-config');
    expect(text).not.toMatch(/hunter2|sk-ant/);
  });

  test('is for its cluster, told by its UID, or by its address where that could not be read', async () => {
    const planned = await kept();
    expect(comparePlans(planned, { ...planned, cluster: 'uid-2' })).toEqual([
      expect.stringContaining('another cluster'),
    ]);
    expect(comparePlans(planned, { ...planned, server: 'https://elsewhere' })).toEqual([]);
    const blind = { ...planned, cluster: null };
    expect(comparePlans(blind, { ...planned, server: 'https://elsewhere' })).toEqual([
      expect.stringContaining('another cluster'),
    ]);
    expect(comparePlans(planned, { ...planned, namespace: 'other' })).toEqual([expect.stringContaining('namespace')]);
  });

  test.each<[string, (plan: PlanFile) => unknown, RegExp]>([
    ['an action', (plan) => ({ ...plan, units: [] }), /was changed after it was made/],
    ['the commit', (plan) => ({ ...plan, commit: '0'.repeat(40) }), /was changed after it was made/],
    ['the digest', (plan) => ({ ...plan, digest: '0'.repeat(32) }), /was changed after it was made/],
    ['the form', (plan) => ({ ...plan, format: 'claworc-plan/2' }), /make the plan anew/],
    ['a member', ({ units: _, ...plan }) => plan, /is no plan/],
    ['everything', () => null, /is no plan/],
  ])('in which somebody changed %s is not read', async (_, change, words) => {
    const planned = await kept();
    expect(() => parsePlanFile(JSON.stringify(change(planned)), 'plan.json')).toThrow(words);
    expect(() => parsePlanFile('{"format": "claworc-plan/1"', 'plan.json')).toThrow(/not JSON/);
  });
});
