import { describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import type { DesiredObject, DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { PART_OF_LABEL, RETAINED_LABEL, UNIT_ANNOTATION } from '../../../../server/reconcile/desired/stamp.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import { planUnit } from '../../../../server/reconcile/plan/plan.ts';
import { hasWork, type UnitPlan } from '../../../../server/reconcile/plan/plan-types.ts';
import { appliedLive, fieldsOf } from '../live-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

const repo = await RepoFixture.create('claworc');
await repo.record('bot-alpha').key('bot-alpha', 'OPENAI_API_KEY', 'sk-0123456789abcdefghij');
const present = desiredUnit(repo.synth().repo, 'bot-alpha') as DesiredUnit & { objects: readonly DesiredObject[] };
const removed: DesiredUnit = { unit: 'bot-alpha', state: 'removed', data: 'retain', tombstone: 't' };

const everything = (): LiveObject[] => present.objects.map(({ object }) => appliedLive(object));
const without = (object: LiveObject, marks: 'label' | 'annotation' | 'both'): LiveObject => {
  const { labels = {}, annotations = {} } = object.metadata;
  const kept = (from: Readonly<Record<string, string>>, name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(from).filter(([key]) => key !== name));
  const metadata = {
    ...object.metadata,
    labels: marks === 'annotation' ? labels : kept(labels, PART_OF_LABEL),
    annotations: marks === 'label' ? annotations : kept(annotations, UNIT_ANNOTATION),
  };
  // Whoever takes a field away takes it from its owner as well.
  const fieldsV1 = fieldsOf({ ...object, metadata });
  const [entry] = object.metadata.managedFields ?? [];
  return { ...object, metadata: { ...metadata, managedFields: [{ ...entry, fieldsV1 }] } };
};

function indexOf(live: readonly LiveObject[]): LiveIndex {
  const index = new LiveIndex();
  for (const object of live) index.put(object);
  return index;
}

function plan(desired: DesiredUnit, live: readonly LiveObject[]): UnitPlan {
  const context = {
    namespace: 'claworc',
    version: '0.1.0',
    permit: { allowed: true },
    secretsUsedElsewhere: () => new Set<string>(),
  } as const;
  return planUnit(desired, indexOf(live).unit(desired), context);
}

describe('objects that lost their marks while nobody watched', () => {
  test.each(['label', 'annotation', 'both'] as const)(
    'of a removed bot stay and are told with what to do, whatever is lost: %s',
    (marks) => {
      const { actions } = plan(
        removed,
        everything().map((object) => without(object, marks)),
      );
      expect(actions).toHaveLength(present.objects.length);
      expect(new Set(actions.map(({ action }) => action))).toEqual(new Set(['skip']));
      const deployment = actions.find(({ kind }) => kind === 'Deployment')!;
      expect(deployment.keptBy).toBe('lost_marks');
      expect(deployment.reason).toContain('it is not deleted');
      expect(deployment.reason).toContain('deployment/bot-alpha claworc.dev/unit=bot-alpha/Deployment/bot-alpha');
    },
  );

  test('a Deployment that stays keeps what its pod uses, and nothing waits for an end of the pod that never comes', () => {
    const live = everything().map((object) => (object.kind === 'Deployment' ? without(object, 'both') : object));
    const result = plan(removed, live);
    expect(result.actions.map(({ action }) => action)).toEqual(Array(live.length).fill('skip'));
    expect(hasWork(result)).toBe(false);
    expect(result.actions.find(({ kind }) => kind === 'Secret')?.reason).toBe(
      'it stays as long as Deployment bot-alpha, whose pod may use it',
    );
  });

  test('the rest of a bot goes when only its Service lost them', () => {
    const live = everything().map((object) => (object.kind === 'Service' ? without(object, 'both') : object));
    const verbs = plan(removed, live).actions.map(({ kind, action }) => `${kind} ${action}`);
    expect(verbs).toContain('Deployment prune');
    expect(verbs).toContain('Service skip');
  });

  test('of a bot on main are given back', () => {
    const live = everything().map((object) => without(object, 'both'));
    const { actions } = plan(present, live);
    expect(new Set(actions.map(({ action }) => action))).toEqual(new Set(['configure']));
  });

  test('are a unit that main does not explain, where main says nothing of it', () => {
    const index = indexOf(everything().map((object) => without(object, 'both')));
    expect(index.units()).toEqual(['bot-alpha']);
    expect(index.hasMembers('bot-alpha')).toBe(true);
  });

  test('an object of the same name that somebody else made is none of them', () => {
    const index = indexOf(
      everything().map((object) => {
        const stranger = without(object, 'both');
        return { ...stranger, metadata: { ...stranger.metadata, managedFields: [] } };
      }),
    );
    expect(index.units()).toEqual([]);
    expect(plan(removed, [...index.unit(removed).objects.values()]).actions).toEqual([]);
  });

  test('a Secret alone points to no unit, as its name could be of several', () => {
    const secret = everything().find(({ kind }) => kind === 'Secret')!;
    expect(indexOf([without(secret, 'both')]).units()).toEqual([]);
  });

  test('a mark that comes back ends it', () => {
    const index = indexOf(everything().map((object) => without(object, 'both')));
    for (const object of everything()) {
      index.put({ ...object, metadata: { ...object.metadata, resourceVersion: '8' } });
    }
    expect(index.unit(removed).objects.size).toBe(present.objects.length);
    expect(index.get('Deployment', 'bot-alpha')?.metadata.labels?.[RETAINED_LABEL]).toBeUndefined();
    expect(index.units()).toEqual(['bot-alpha']);
  });
});
