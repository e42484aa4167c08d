import { expect, test } from 'vitest';
import { Corrections } from '../../../../server/reconcile/loop/corrections.ts';
import type { PlannedAction, UnitPlan } from '../../../../server/reconcile/plan/plan-types.ts';

const drift: PlannedAction = {
  action: 'configure',
  kind: 'Deployment',
  name: 'bot-alpha',
  reason: '',
  drift: true,
  fields: [{ field: 'spec.replicas', main: '1', live: '3', owners: ['kubectl-scaler'] }],
};
const plan = (action: PlannedAction): UnitPlan => ({
  unit: 'bot-alpha',
  state: 'present',
  reason: '',
  actions: [action],
  parent: { action: 'unchanged' },
});
const minutes = (count: number): number => count * 60_000;

test('leaves an object alone that was corrected six times in ten minutes, and says who changes it', () => {
  const corrections = new Corrections();
  for (let at = 0; at < 5; at++) corrections.note('Deployment', 'bot-alpha', minutes(at));
  expect(corrections.restrain(plan(drift), minutes(5)).plan.actions).toEqual([drift]);

  corrections.note('Deployment', 'bot-alpha', minutes(5));
  const restrained = corrections.restrain(plan(drift), minutes(6));
  expect(restrained.plan.actions[0]).toMatchObject({ action: 'skip', drift: true });
  expect(restrained.plan.actions[0]?.reason).toContain('kubectl-scaler');
  expect(restrained.againInMs).toBe(minutes(9));
  expect(corrections.restrain(plan(drift), minutes(15) + 1).plan.actions).toEqual([drift]);
});

test('never keeps a change of main back', () => {
  const corrections = new Corrections();
  for (let at = 0; at < 9; at++) corrections.note('Deployment', 'bot-alpha', at);
  const change = { ...drift, drift: false };
  expect(corrections.restrain(plan(change), 10).plan.actions).toEqual([change]);
});

test('counts what is made again and what is removed again alike, says until when it rests, and goes on when it is told to', () => {
  const corrections = new Corrections();
  for (let at = 0; at < 6; at++) corrections.note('Service', 'bot-alpha-vnc', minutes(at));
  const made = {
    ...drift,
    kind: 'Service',
    name: 'bot-alpha-vnc',
    action: 'create',
    drift: false,
    fields: [],
  } as const;

  const { plan: restrained, fights } = corrections.restrain(plan(made), minutes(6));
  expect(restrained.actions[0]).toMatchObject({
    action: 'skip',
    reason: `made again 6 times in 10 min and deleted again by something: left alone until ${new Date(minutes(15)).toISOString()}`,
  });
  expect(fights).toEqual([
    {
      kind: 'Service',
      name: 'bot-alpha-vnc',
      count: 6,
      managers: [],
      goesOnAt: new Date(minutes(15)).toISOString(),
    },
  ]);
  const live = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'bot-alpha-vnc', managedFields: [{ manager: 'argocd-controller', operation: 'Apply' }] },
  };
  const removed = { ...made, action: 'prune', live } as const;
  expect(corrections.restrain(plan(removed), minutes(6)).fights[0]?.managers).toEqual(['argocd-controller']);

  corrections.forget(fights);
  expect(corrections.restrain(plan(made), minutes(6)).fights).toEqual([]);
});
