import { expect, test } from 'vitest';
import { unitApplySetId } from '../../../../../server/reconcile/desired/applyset-id.ts';
import { desiredUnit } from '../../../../../server/reconcile/desired/desired.ts';
import type { DesiredUnit } from '../../../../../server/reconcile/desired/desired-state.ts';
import { refusePrune, type PruneCandidate } from '../../../../../server/reconcile/plan/guards/index.ts';
import { appliedLive } from '../../live-fixture.ts';
import { RepoFixture } from '../../repo-fixture.ts';

const repo = (await RepoFixture.create('claworc')).record('bot-alpha').synth().repo;
const present = desiredUnit(repo, 'bot-alpha');
if (present.state !== 'present') throw new Error(present.state);
const objects = present.objects.map(({ object }) => appliedLive(object));

const refusal = (kind: string, desired: DesiredUnit, changes: Partial<PruneCandidate> = {}) =>
  refusePrune({
    unit: 'bot-alpha',
    object: objects.find((object) => object.kind === kind)!,
    applySetId: unitApplySetId('bot-alpha', 'claworc'),
    desired,
    permit: { allowed: true },
    secretsInUse: new Set(),
    ...changes,
  })?.guard;

test('a unit that main has neither a record nor a tombstone of loses nothing', () => {
  const held = { unit: 'bot-alpha', state: 'held', reason: 'neither' } as const;
  for (const { kind } of objects) expect([kind, refusal(kind, held)]).toEqual([kind, 'tombstone']);
});

test('a tombstone lets everything go but volumes that it keeps', () => {
  const removed = (data: 'retain' | 'destroy') =>
    ({ unit: 'bot-alpha', state: 'removed', data, tombstone: 't' }) as const;
  expect(refusal('Deployment', removed('retain'))).toBeUndefined();
  expect(refusal('PersistentVolumeClaim', removed('retain'))).toBe('volume');
  expect(refusal('PersistentVolumeClaim', removed('destroy'))).toBeUndefined();
  const permit = { allowed: false, reason: 'rewound' } as const;
  expect(refusal('Deployment', removed('destroy'), { permit })).toBe('source');
});
