import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatStanding } from '../../../../server/reconcile/once/status-words.ts';
import type { FleetStanding } from '../../../../server/reconcile/once/status-repo.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

let cluster: MemoryCluster;
beforeEach(async () => void (cluster = await MemoryCluster.create()));
afterEach(() => cluster[Symbol.asyncDispose]());

const unitOf = ({ units }: FleetStanding, name: string) => units.find(({ unit }) => unit === name);

test('a bot that main has and the cluster has not is not there yet, and nothing is written', async () => {
  cluster.repo.record('bot-alpha').synth().commit();
  const fleet = await cluster.status(NOW);
  expect(fleet).toMatchObject({ result: 'not_yet', runs: null, commit: cluster.repo.head() });
  expect(unitOf(fleet, 'bot-alpha')).toMatchObject({ sync: 'published', status: 'creating' });
  expect(cluster.writes()).toEqual([]);
});

test('a bot that is stopped as main says is ready once it is applied, and the commit that the cluster runs is named', async () => {
  cluster.repo.record('bot-alpha', { state: 'stopped' }).synth().commit();
  await cluster.apply();
  const fleet = await cluster.status(NOW);
  expect(unitOf(fleet, 'bot-alpha')).toMatchObject({ sync: 'applied', status: 'stopped' });
  expect(fleet).toMatchObject({ result: 'ready', runs: cluster.repo.head() });
});

test('a bot that main holds makes it fail, and the table says why', async () => {
  cluster.repo.record('bot-alpha').synth();
  cluster.repo.write('dist/bot-alpha/deployment.yaml', 'kind: Deployment\n').commit();
  const fleet = await cluster.status(NOW);
  expect(fleet.result).toBe('failed');
  const text = formatStanding(fleet, NOW);
  expect(text).toMatch(/^UNIT +READY +SYNC +STATUS +SINCE +REASON$/m);
  expect(text).toMatch(/^bot-alpha +False +failed +\S+ +.*dist\/bot-alpha/m);
  expect(text).toMatch(/units are ready: something failed\.$/);
});

test('drift is told and left to whoever applies', async () => {
  cluster.repo.record('bot-alpha', { state: 'stopped' }).synth().commit();
  await cluster.apply();
  cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 1 } });
  const before = cluster.writes().length;
  const fleet = await cluster.status(NOW);
  expect(fleet.result).toBe('not_yet');
  expect(unitOf(fleet, 'bot-alpha')).toMatchObject({ sync: 'drifted', reason: '1 field: spec.replicas' });
  expect(cluster.writes()).toHaveLength(before);
});
