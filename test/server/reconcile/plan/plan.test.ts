import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unitApplySetId } from '../../../../server/reconcile/desired/applyset-id.ts';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { desiredUnit } from '../../../../server/reconcile/desired/desired.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import { planUnit } from '../../../../server/reconcile/plan/plan.ts';
import type { PlanContext } from '../../../../server/reconcile/plan/plan-context.ts';
import type { DesiredObject, DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import type { UnitPlan } from '../../../../server/reconcile/plan/plan-types.ts';
import {
  DIGEST_ANNOTATION,
  PART_OF_LABEL,
  RETAINED_LABEL,
  UNIT_ANNOTATION,
} from '../../../../server/reconcile/desired/stamp.ts';
import { appliedLive } from '../live-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

const repo = await RepoFixture.create('claworc');
await repo.record('bot-alpha').key('bot-alpha', 'OPENAI_API_KEY', 'sk-0123456789abcdefghij');
const present = desiredUnit(repo.synth().repo, 'bot-alpha') as DesiredUnit & { objects: readonly DesiredObject[] };
const removed = (data: 'retain' | 'destroy'): DesiredUnit => ({
  unit: 'bot-alpha',
  state: 'removed',
  data,
  tombstone: 't',
});
const held: DesiredUnit = { unit: 'bot-alpha', state: 'held', reason: 'not rendered' };

const context = (changes: Partial<PlanContext> = {}): PlanContext => ({
  namespace: 'claworc',
  version: '0.1.0',
  permit: { allowed: true },
  secretsUsedElsewhere: () => new Set(),
  ...changes,
});

const everything = (): LiveObject[] => present.objects.map(({ object }) => appliedLive(object));

function plan(desired: DesiredUnit, live: readonly LiveObject[], changes: Partial<PlanContext> = {}): UnitPlan {
  const index = new LiveIndex();
  for (const object of live) index.put(object);
  return planUnit(desired, index.unit(desired), context(changes));
}

const verbs = ({ actions }: UnitPlan): Record<string, string> =>
  Object.fromEntries(actions.map(({ action, kind, name }) => [`${kind}/${name}`, action]));

describe('a bot on main', () => {
  test('is created whole, its policy first and its Deployment last', () => {
    const { actions, parent } = plan(present, []);
    expect(actions.map(({ action }) => action)).toEqual(Array<string>(9).fill('create'));
    expect(actions[0]?.kind).toBe('NetworkPolicy');
    expect(actions.at(-1)?.kind).toBe('Deployment');
    expect(parent).toMatchObject({ action: 'write' });
  });

  test('is unchanged when everything is there', () => {
    expect(new Set(Object.values(verbs(plan(present, everything()))))).toEqual(new Set(['unchanged']));
  });

  test('does not apply over an object that is being deleted', () => {
    const live = everything().map((object) =>
      object.metadata.name === 'bot-alpha-chrome'
        ? { ...object, metadata: { ...object.metadata, deletionTimestamp: '2026-11-22T10:00:00Z' } }
        : object,
    );
    expect(verbs(plan(present, live))['PersistentVolumeClaim/bot-alpha-chrome']).toBe('skip');
  });

  test('leaves a stranger of the same name, and one of another unit, alone', () => {
    const live = everything().map((object) => {
      if (object.kind !== 'Service' && object.kind !== 'NetworkPolicy') return object;
      const annotations =
        object.kind === 'Service' ? {} : { [UNIT_ANNOTATION]: `bot-beta/NetworkPolicy/${object.metadata.name}` };
      return { ...object, metadata: { ...object.metadata, annotations, managedFields: [] } };
    });
    const planned = verbs(plan(present, live));
    expect(planned['Service/bot-alpha-vnc']).toBe('conflict');
    expect(planned['NetworkPolicy/bot-alpha']).toBe('conflict');
  });

  test('never advises to delete a volume claim that others have made: its data would be gone', () => {
    const live = everything().map((object) => ({
      ...object,
      metadata: { ...object.metadata, annotations: {}, managedFields: [] },
    }));
    for (const { kind, action, reason } of plan(present, live).actions) {
      expect(action).toBe('conflict');
      if (kind === 'PersistentVolumeClaim') expect(reason).not.toMatch(/delete|remove|replace/);
    }
  });

  test('loses a Secret that it no longer renders, but not while a Deployment uses it, and never a volume', () => {
    const without = {
      ...present,
      objects: present.objects.filter(({ kind }) => kind !== 'Secret' && kind !== 'PersistentVolumeClaim'),
    };
    const others = { ...without, objects: without.objects.filter(({ kind }) => kind !== 'Deployment') };
    const live = everything();
    expect(verbs(plan(others, live))['Secret/bot-alpha-openai-api-key']).toBe('prune');
    expect(verbs(plan(without, live))['Secret/bot-alpha-openai-api-key']).toBe('skip');
    const secretsUsedElsewhere = () => new Set(['bot-alpha-openai-api-key']);
    expect(verbs(plan(others, live, { secretsUsedElsewhere }))['Secret/bot-alpha-openai-api-key']).toBe('skip');
    expect(verbs(plan(others, live))['PersistentVolumeClaim/bot-alpha-chrome']).toBe('skip');
  });

  test('refuses to shrink a volume, to grow an unbound one, and to change its class', () => {
    const claim = present.objects.find(({ name }) => name === 'bot-alpha-chrome')!;
    // As an older main left it.
    const annotations = { ...claim.object.metadata.annotations, [DIGEST_ANNOTATION]: 'older' };
    const sized = (storage: string, phase: string, className?: string): LiveObject => ({
      ...appliedLive(claim.object, { annotations }),
      spec: {
        ...(claim.object.spec as object),
        resources: { requests: { storage } },
        ...(className !== undefined && { storageClassName: className }),
      },
      status: { phase },
    });
    const reasonFor = (live: LiveObject): string =>
      plan(present, [live]).actions.find(({ name }) => name === 'bot-alpha-chrome')?.reason ?? '';
    expect(reasonFor(sized('10Gi', 'Bound'))).toContain("can't shrink");
    expect(reasonFor(sized('1Gi', 'Pending'))).toContain('not bound yet');
    expect(reasonFor(sized('1Gi', 'Bound'))).toBe('');
    expect(reasonFor(sized('1Gi', 'Bound', ''))).toContain('no storage class made its volume');
  });
});

describe('what may be of another repository', () => {
  const hold = (units: 'living' | 'fleet'): Partial<PlanContext> => ({
    permit: { allowed: false, reason: 'withheld', overwrites: { units, reason: 'another repository' } },
  });
  const globalKey = async (): Promise<DesiredUnit> => {
    await repo.key('global', 'BRAVE_API_KEY', 'sk-0123456789abcdefghij');
    return desiredUnit(repo.repo, 'fleet');
  };

  test('is held, untouched, as long as it differs', () => {
    const written = plan(present, everything().slice(1), hold('living'));

    expect(written).toMatchObject({ state: 'held', reason: 'another repository', actions: [] });
    expect(written.parent).toEqual({ action: 'unchanged' });
    expect(plan(present, everything().slice(1), hold('fleet')).state).toBe('present');
  });

  test('is made where nothing of it lives, but for what the fleet shares', async () => {
    expect(plan(present, [], hold('living')).state).toBe('present');
    expect(plan(await globalKey(), [], hold('living')).state).toBe('held');
    expect(plan(await globalKey(), [], hold('fleet')).state).toBe('held');
  });
});

describe('a bot with a tombstone', () => {
  test('keeps its volumes and loses the rest, its Deployment first', () => {
    const { actions } = plan(removed('retain'), everything());
    expect(actions[0]).toMatchObject({ kind: 'Deployment', action: 'prune' });
    expect(actions.at(-1)?.kind).toBe('NetworkPolicy');
    const fates = new Set(
      actions.map(({ kind, action }) => `${kind === 'PersistentVolumeClaim' ? 'volume' : 'object'} ${action}`),
    );
    expect(fates).toEqual(new Set(['volume retain', 'object prune']));
  });

  test('loses volumes too when it says so, those that were kept before included', () => {
    const kept = everything()
      .filter(({ kind }) => kind === 'PersistentVolumeClaim')
      .map((object) => {
        const { [PART_OF_LABEL]: _, ...labels } = object.metadata.labels ?? {};
        return { ...object, metadata: { ...object.metadata, labels: { ...labels, [RETAINED_LABEL]: 'bot-alpha' } } };
      });
    expect(new Set(Object.values(verbs(plan(removed('retain'), kept))))).toEqual(new Set(['unchanged']));
    expect(new Set(Object.values(verbs(plan(removed('destroy'), kept))))).toEqual(new Set(['prune']));
    expect(
      new Set(
        plan(present, kept)
          .actions.filter(({ kind }) => kind === 'PersistentVolumeClaim')
          .map(({ reason }) => reason),
      ),
    ).toEqual(new Set(['takes over the volume that was kept']));
  });

  test('takes its ApplySet parent with it at the very end only', () => {
    const withParent = plan(present, []).parent;
    if (withParent.action !== 'write') throw new Error('no parent planned');
    const parent = appliedLive(withParent.object);
    expect(plan(removed('retain'), [parent, ...everything()]).parent.action).toBe('unchanged');
    expect(plan(removed('retain'), [parent]).parent.action).toBe('prune');
  });
});

describe('whatever is live', () => {
  const id = unitApplySetId('bot-alpha', 'claworc');
  /** Objects as an operator, a person or another tool may leave them: marks missing, copied, half removed. */
  const arbitraryLive = fc.array(
    fc
      .record({
        object: fc.constantFrom(...everything()),
        name: fc.constantFrom(undefined, 'someone-elses', 'bot-alpha-copy'),
        label: fc.constantFrom(undefined, id, 'applyset-other-v1'),
        mark: fc.constantFrom('keep', 'drop', 'other'),
        retained: fc.constantFrom(undefined, 'bot-alpha', 'bot-beta'),
        uid: fc.constantFrom('a', 'b', undefined),
      })
      .map(({ object, name = object.metadata.name, label, mark, retained, uid }): LiveObject => {
        const { [UNIT_ANNOTATION]: own, ...annotations } = object.metadata.annotations ?? {};
        const marks =
          mark === 'drop'
            ? {}
            : { [UNIT_ANNOTATION]: mark === 'keep' ? String(own) : `bot-beta/${object.kind}/${name}` };
        const { uid: _, ...metadata } = object.metadata;
        return {
          ...object,
          metadata: {
            ...metadata,
            name,
            ...(uid !== undefined && { uid: `${uid}${name}${object.kind}` }),
            labels: { ...(label && { [PART_OF_LABEL]: label }), ...(retained && { [RETAINED_LABEL]: retained }) },
            annotations: { ...annotations, ...marks },
          },
        };
      }),
    { maxLength: 12 },
  );
  const doomed = ({ actions }: UnitPlan): readonly LiveObject[] =>
    actions.flatMap(({ action, live }) =>
      (action === 'prune' || action === 'replace') && live !== undefined ? [live] : [],
    );

  test('only an object with both marks, naming itself, and a known uid is ever deleted', () => {
    fc.assert(
      fc.property(
        arbitraryLive,
        fc.constantFrom(present, removed('retain'), removed('destroy'), held),
        (live, desired) => {
          for (const { kind, metadata } of doomed(plan(desired, live))) {
            expect(metadata.annotations?.[UNIT_ANNOTATION]).toBe(`bot-alpha/${kind}/${metadata.name}`);
            expect([
              metadata.labels?.[PART_OF_LABEL] === id,
              metadata.labels?.[RETAINED_LABEL] === 'bot-alpha',
            ]).toContain(true);
            expect(metadata.uid).toBeDefined();
          }
        },
      ),
    );
  });

  test('no volume is deleted without a tombstone that destroys', () => {
    fc.assert(
      fc.property(arbitraryLive, fc.constantFrom(present, removed('retain'), held), (live, desired) => {
        expect(doomed(plan(desired, live)).filter(({ kind }) => kind === 'PersistentVolumeClaim')).toEqual([]);
      }),
    );
  });

  test('nothing is deleted or let go when the commit may not be trusted, or the unit is held', () => {
    const permit = { allowed: false, reason: 'main was rewound' } as const;
    fc.assert(
      fc.property(arbitraryLive, fc.constantFrom(removed('retain'), removed('destroy')), (live, desired) => {
        const { actions } = plan(desired, live, { permit });
        expect(actions.filter(({ action }) => action === 'prune' || action === 'retain')).toEqual([]);
        expect(plan(held, live).actions).toEqual([]);
      }),
    );
  });
});
