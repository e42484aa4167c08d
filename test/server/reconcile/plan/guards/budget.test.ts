import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../../../server/cluster/live-object.ts';
import { desiredUnit } from '../../../../../server/reconcile/desired/desired.ts';
import type { DesiredObject, DesiredUnit } from '../../../../../server/reconcile/desired/desired-state.ts';
import { unitApplySetId } from '../../../../../server/reconcile/desired/applyset-id.ts';
import { RETAINED_LABEL } from '../../../../../server/reconcile/desired/stamp.ts';
import { budgetGuard } from '../../../../../server/reconcile/plan/guards/budget.ts';
import type { RemovalGate } from '../../../../../server/reconcile/plan/removals/gate.ts';
import { appliedLive } from '../../live-fixture.ts';
import { RepoFixture } from '../../repo-fixture.ts';

const repo = (await RepoFixture.create('claworc')).record('bot-alpha').synth().repo;
const present = desiredUnit(repo, 'bot-alpha') as DesiredUnit & { objects: readonly DesiredObject[] };
const live = present.objects.map(({ object }) => appliedLive(object));
const deployment = live.find(({ kind }) => kind === 'Deployment')!;
const claim = live.find(({ kind }) => kind === 'PersistentVolumeClaim')!;
const keptClaim: LiveObject = {
  ...claim,
  metadata: { ...claim.metadata, labels: { ...claim.metadata.labels, [RETAINED_LABEL]: 'bot-alpha' } },
};
const removed = (data: 'retain' | 'destroy') =>
  ({ unit: 'bot-alpha', state: 'removed', data, tombstone: 't' }) as const;

type Wait = NonNullable<ReturnType<RemovalGate>>['wait'];
/** Holds what it is asked for, and says which kind that is. */
const gate =
  (wait: Wait): RemovalGate =>
  (_, kind) => ({ wait, reason: kind });
const guard = (object: LiveObject, desired: DesiredUnit, removals: RemovalGate | undefined) =>
  budgetGuard({
    ...{ unit: 'bot-alpha', object, desired, removals },
    applySetId: unitApplySetId('bot-alpha', 'claworc'),
    permit: { allowed: true },
    secretsInUse: new Set<string>(),
  });

describe('the budget', () => {
  test('says nothing of a bot that main has, nor where nothing is counted', () => {
    expect(guard(deployment, present, gate('approval'))).toBeUndefined();
    expect(guard(deployment, removed('retain'), undefined)).toBeUndefined();
    expect(guard(deployment, removed('retain'), () => undefined)).toBeUndefined();
  });

  test.each([
    ['approval', 'budget'],
    ['turn', 'turn'],
    ['delay', 'turn'],
    ['count', 'turn'],
  ] as const)('keeps a bot whole that waits for its %s', (wait, name) => {
    expect(guard(deployment, removed('retain'), gate(wait))).toEqual({ guard: name, reason: 'bot' });
    expect(guard(claim, removed('destroy'), gate(wait))).toEqual({ guard: name, reason: 'bot' });
  });

  test('marks volumes that a tombstone keeps with their bot, and not before it', () => {
    expect(guard(claim, removed('retain'), gate('approval'))).toEqual({ guard: 'budget', reason: 'bot' });
    expect(guard(claim, removed('retain'), gate('count'))).toBeUndefined();
  });

  test('asks for kept data where volumes that were kept are to be destroyed, and for nothing where they stay kept', () => {
    expect(guard(keptClaim, removed('destroy'), gate('delay'))).toEqual({ guard: 'turn', reason: 'kept_data' });
    expect(guard(keptClaim, removed('destroy'), gate('approval'))).toEqual({ guard: 'budget', reason: 'kept_data' });
    expect(guard(keptClaim, removed('retain'), gate('approval'))).toBeUndefined();
  });
});
