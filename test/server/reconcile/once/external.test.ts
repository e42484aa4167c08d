import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { outcomeData, planData, planExitCode } from '../../../../server/reconcile/once/report.ts';
import { formatPlan } from '../../../../server/reconcile/once/words.ts';
import { applyAsFlux } from '../external-applier.ts';
import { MemoryCluster } from '../memory-cluster.ts';

let cluster: MemoryCluster;
beforeEach(async () => {
  cluster = await MemoryCluster.create();
  cluster.repo.appliedBy('external').record('bot-alpha').synth().commit();
});
afterEach(() => cluster[Symbol.asyncDispose]());

describe('one pass over a fleet that another program applies', () => {
  test('plan compares, promises nothing, and ends with 3 until everything is as main says', async () => {
    const before = planData(await cluster.plan());
    expect(planExitCode(before)).toBe(3);
    expect(formatPlan(before)).toContain('another program applies, and Claworc writes nothing');
    expect(formatPlan(before)).toContain('Deployment bot-alpha (not there: not applied yet)');
    expect(formatPlan(before)).not.toMatch(/to create|to configure|to prune/);

    applyAsFlux(cluster);

    const after = planData(await cluster.plan());
    expect(planExitCode(after)).toBe(0);
    expect(formatPlan(after)).toMatch(/Live is as [0-9a-f]{7} says; 8 objects are as rendered\.\n$/);
    expect(cluster.writes()).toEqual([]);
  });

  test('apply is refused as wrong usage, says what to do, and writes nothing', async () => {
    await expect(cluster.apply()).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('claworc apply --although-external') as string,
    });
    expect(cluster.writes()).toEqual([]);
  });

  test('apply that is told to all the same takes over what the other program applied, and replaces nothing', async () => {
    applyAsFlux(cluster);
    const before = cluster.find('Deployment', 'bot-alpha');

    const outcome = outcomeData(await cluster.apply({ althoughExternal: true }));

    expect(outcome.result).toBe('done');
    const taken = outcome.units.flatMap(({ results }) => results).find(({ kind }) => kind === 'Deployment');
    expect(taken).toMatchObject({
      result: 'configured',
      reason: 'taken over from kustomize-controller, which goes on owning what it set',
    });
    expect(cluster.find('Deployment', 'bot-alpha')?.spec).toEqual(before?.spec);
    expect(cluster.find('Deployment', 'bot-alpha')?.metadata.uid).toBe(before?.metadata.uid);
  });

  test('what the other program goes on owning is not taken from it: another value of main is held, with its name', async () => {
    applyAsFlux(cluster);
    cluster.repo.record('bot-alpha', { image: 'registry.example/bot:2' }).synth().commit();

    const outcome = outcomeData(await cluster.apply({ althoughExternal: true }));

    expect(outcome).toMatchObject({ result: 'waits', states: { withheld: ['bot-alpha'] } });
    expect(JSON.stringify(outcome.units)).toContain('image is held by kustomize-controller');
  });
});

test('an object of the name that no applier brought is no bot of ours, whatever labels it has', async () => {
  cluster.repo.appliedBy('claworc').synth().commit();
  applyAsFlux(cluster);
  const labels = { 'app.kubernetes.io/instance': null };
  cluster.edit('Service', 'bot-alpha-vnc', 'kubectl-edit', { metadata: { labels } });

  const plan = await cluster.plan();

  const service = plan.units.flatMap(({ actions }) => actions).find(({ kind }) => kind === 'Service');
  expect(service).toMatchObject({ action: 'conflict', reason: expect.stringContaining('left alone') as string });
});
