import { expect, test } from 'vitest';
import type { DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { keyOf } from '../../../../server/reconcile/live/live-unit.ts';
import { deletionReason } from '../../../../server/reconcile/plan/leftovers.ts';
import type { KeptBy, PlannedAction, UnitPlan } from '../../../../server/reconcile/plan/plan-types.ts';
import { leavingOf, type LeavingInput } from '../../../../server/reconcile/status/leaving.ts';
import { standingTroubles } from '../../../../server/reconcile/status/standing.ts';
import type { ObservedUnit } from '../../../../server/reconcile/status/observed.ts';
import { ago, deployment, NOW, running, waiting } from './status-fixture.ts';

const removed: DesiredUnit = { unit: 'bot-alpha', state: 'removed', data: 'destroy', tombstone: 't' };
const stays = (keptBy: KeptBy, reason: string): PlannedAction => ({
  action: 'skip',
  kind: 'Deployment',
  name: 'bot-alpha',
  reason,
  fields: [],
  drift: false,
  keptBy,
});
const planOf = (actions: readonly PlannedAction[]): UnitPlan => ({
  unit: 'bot-alpha',
  state: 'removed',
  reason: '',
  actions,
  parent: { action: 'unchanged' },
});
const input = (actions: readonly PlannedAction[], changes: Partial<LeavingInput> = {}): LeavingInput => ({
  desired: removed,
  plan: planOf(actions),
  live: { objects: new Map([[keyOf('Deployment', 'bot-alpha'), deployment({})]]), parent: undefined, pods: [] },
  blocked: null,
  outcome: undefined,
  status: { status: 'stopped', seen: '', next: '' },
  now: NOW,
  ...changes,
});
const pod = running(20, []);

test('a bot whose removal is withheld is leaving, with the reason: it once vanished while its pod ran', () => {
  const leaving = leavingOf(input([stays('source', 'main is on another branch')]));
  expect(leaving).toEqual({
    data: 'destroy',
    waitsFor: 'main is on another branch',
    isStuck: true,
    objects: ['Deployment bot-alpha'],
  });
});

test('a finalizer that holds an object is named', () => {
  const metadata = { name: 'x', deletionTimestamp: 'T', finalizers: ['foregroundDeletion', 'example.com/hold'] };
  const reason = deletionReason({ apiVersion: 'v1', kind: 'Service', metadata });
  expect(reason).toBe('it is being deleted since T and waits for example.com/hold');
  expect(leavingOf(input([stays('deletion', reason)]))?.waitsFor).toContain('example.com/hold');
});

test('a pod past its grace period says more than the Deployment that waits for it', () => {
  const status = { status: 'error', seen: 'its node does not answer', next: 'Delete the pod by force.' } as const;
  const leaving = leavingOf(input([stays('deletion', 'it is being deleted')], { status }));
  expect(leaving?.waitsFor).toBe('its node does not answer. Delete the pod by force.');
});

test('a removal on its way is no trouble, whatever ailed the bot before', () => {
  const status = { status: 'error', seen: 'ImagePullBackOff', next: 'Correct the image.' } as const;
  const objects = new Map([[keyOf('Deployment', 'bot-alpha'), deployment({})]]);
  const live = { objects, parent: undefined, pods: [waiting('ImagePullBackOff')] };
  const leaving = leavingOf(input([stays('deletion', 'it is being deleted')], { status, live }));
  expect(leaving).toMatchObject({ waitsFor: 'Deployment bot-alpha: it is being deleted', isStuck: false });
});

test('an object that is held long after its deletion, or a deletion that was refused, is a trouble', () => {
  const held = deployment({ metadata: { deletionTimestamp: ago(3600), finalizers: ['example.com/hold'] } });
  const deletion: PlannedAction = { ...stays('deletion', 'it is being deleted'), live: held };
  expect(leavingOf(input([deletion]))?.isStuck).toBe(true);
  const prune: PlannedAction = { action: 'prune', kind: 'Service', name: 'x', reason: '', fields: [], drift: false };
  const outcome = { state: 'failed', reason: 'Claworc lacks the right to delete deployments' } as const;
  expect(leavingOf(input([prune], { outcome }))).toMatchObject({ waitsFor: outcome.reason, isStuck: true });
  expect(leavingOf(input([prune]))).toMatchObject({ isStuck: false });
});

test('a pod that is left over keeps the bot listed when all its objects are gone', () => {
  const live = { objects: new Map(), parent: undefined, pods: [pod] };
  const waitsFor = `waits until pod ${pod.metadata.name} has ended`;
  expect(leavingOf(input([], { live }))).toMatchObject({ waitsFor, isStuck: true });
});

test('a cluster that may not be written to is what a removal waits for', () => {
  const prune: PlannedAction = { ...stays('guard', ''), action: 'prune' };
  expect(leavingOf(input([prune], { blocked: 'No cluster answers' }))?.waitsFor).toBe('No cluster answers');
});

test('volumes that were kept and objects of somebody else are not what is left of a bot', () => {
  const kept: PlannedAction = { ...stays('guard', ''), kind: 'PersistentVolumeClaim', action: 'unchanged' };
  expect(leavingOf(input([kept, stays('stranger', 'left alone')]))).toBeNull();
});

test('a bot that main has is not leaving', () => {
  const desired: DesiredUnit = { unit: 'bot-alpha', state: 'present', objects: [] };
  expect(leavingOf(input([stays('source', 'x')], { desired }))).toBeNull();
});

test('withheld removals are one sentence for the fleet, with how many wait', () => {
  const units = (): readonly ObservedUnit[] =>
    ['bot-b', 'bot-a'].map((unit) => ({ unit, isWithheld: true }) as unknown as ObservedUnit);
  const permit = { allowed: false, reason: 'history was rewritten' } as const;
  const none = {
    behind: null,
    suspension: undefined,
    namespace: null,
    hold: null,
    approval: null,
    rollout: null,
    rewind: null,
    units,
  } as const;
  expect(standingTroubles({ ...none, permit })).toEqual([
    'Nothing is removed: history was rewritten (2 bots wait: bot-a, bot-b)',
  ]);
  expect(standingTroubles({ ...none, permit: { allowed: true } })).toEqual([]);
  expect(standingTroubles({ ...none, permit, units: () => [] })).toEqual([]);
  expect(standingTroubles({ ...none, permit, units: () => [], rewind: { reason: 'aaaaaaa is older' } })).toEqual([
    'Nothing is removed until a person lets main count: aaaaaaa is older',
  ]);
  expect(
    standingTroubles({ ...none, permit: { allowed: true }, namespace: 'run `kubectl create namespace x`' }),
  ).toEqual(['Nothing is applied: run `kubectl create namespace x`']);
});
