import { expect, test } from 'vitest';
import type { KubeObject } from '../../../../../constructs/kube-object.ts';
import { SEALED_DIGEST_ANNOTATION } from '../../../../../constructs/sealed-secret.ts';
import type { LiveObject, ManagedFieldsEntry } from '../../../../../server/cluster/live-object.ts';
import { desiredUnit } from '../../../../../server/reconcile/desired/desired.ts';
import type { DesiredObject, DesiredUnit } from '../../../../../server/reconcile/desired/desired-state.ts';
import { unstamped } from '../../../../../server/reconcile/desired/stamp.ts';
import { LiveIndex } from '../../../../../server/reconcile/live/live-index.ts';
import { compareUnit } from '../../../../../server/reconcile/plan/external/compare-unit.ts';
import type { PlannedAction } from '../../../../../server/reconcile/plan/plan-types.ts';
import { fieldsOf } from '../../live-fixture.ts';
import { RepoFixture } from '../../repo-fixture.ts';

const repo = await RepoFixture.create('claworc');
await repo.appliedBy('external').key('bot-alpha', 'OPENAI_API_KEY', 'sk-0123456789abcdefghij');
const unitWith = (env: Readonly<Record<string, string>>): DesiredUnit & { objects: readonly DesiredObject[] } =>
  desiredUnit(repo.record('bot-alpha', { env }).synth().repo, 'bot-alpha') as ReturnType<typeof unitWith>;
const before = unitWith({ MODE: 'day' });
const after = unitWith({});

const entry = (object: KubeObject, manager: string, operation = 'Apply'): ManagedFieldsEntry => ({
  manager,
  operation,
  time: '2026-11-22T10:00:00Z',
  fieldsV1: fieldsOf(object),
});

/** A sealed key's Secret as it lies in its file. */
const withMark = (object: KubeObject, mark: string | null = null): KubeObject => {
  const annotations = { ...object.metadata.annotations, ...(mark !== null && { [SEALED_DIGEST_ANNOTATION]: mark }) };
  return { ...object, metadata: { ...object.metadata, annotations } };
};

/** What lives after these managers applied `unit`, in turn. */
const liveOf = (unit: typeof before, managers: readonly string[]): LiveObject[] =>
  unit.objects.map(({ object, sealed }) => {
    const sent = withMark(unstamped(object), sealed?.mark);
    const managedFields = managers.map((manager) => entry(sent, manager));
    return {
      ...structuredClone(sent),
      metadata: { ...structuredClone(sent.metadata), uid: `uid-${sent.metadata.name}`, managedFields },
    };
  });

function compared(unit: DesiredUnit, live: readonly LiveObject[]): Readonly<Record<string, PlannedAction>> {
  const index = new LiveIndex();
  for (const object of live) index.put(object);
  const { actions } = compareUnit(unit, index.labelledUnit(unit));
  return Object.fromEntries(actions.map((action) => [action.kind, action]));
}

const deploymentOf = (live: readonly LiveObject[]): LiveObject => live.find(({ kind }) => kind === 'Deployment')!;

test('what main drops is not applied yet where its applier has it, also beside Claworc that applied it before', () => {
  for (const managers of [['kustomize-controller'], ['claworc', 'kustomize-controller']]) {
    const { Deployment } = compared(after, liveOf(before, managers));

    expect(Deployment).toMatchObject({ action: 'skip', standing: 'behind' });
    expect(Deployment?.reason).toMatch(/^not applied yet: .*env\[name="MODE"\]/);
  }
});

test('what main drops and Claworc alone still claims is told with its name: no applier takes it away', () => {
  const live = liveOf(before, ['claworc']).map((object) => {
    const wanted = after.objects.find(({ kind, name }) => kind === object.kind && name === object.metadata.name)!;
    const { managedFields = [] } = object.metadata;
    const flux = entry(unstamped(wanted.object), 'kustomize-controller');
    return { ...object, metadata: { ...object.metadata, managedFields: [...managedFields, flux] } };
  });

  const { Deployment } = compared(after, live);

  expect(Deployment).toMatchObject({ standing: 'changed', drift: true });
  expect(Deployment?.reason).toMatch(/env\[name="MODE"\] \(set by claworc\)$/);
});

test('of what was applied on the client the annotation tells what main drops, and what the API server filled in does not count', () => {
  const live = liveOf(before, []).map((object): LiveObject => {
    const { managedFields: _, ...metadata } = object.metadata;
    const sent = { ...object, metadata } as unknown as KubeObject;
    const filled = { ...sent, spec: { ...(sent.spec as object), progressDeadlineSeconds: 600 } };
    const annotations = {
      ...metadata.annotations,
      'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(sent),
    };
    const managedFields = [entry(filled, 'argocd-controller', 'Update')];
    return { ...filled, metadata: { ...metadata, annotations, managedFields } };
  });

  expect(compared(before, live).Deployment).toMatchObject({ action: 'unchanged' });
  expect(compared(after, live).Deployment?.reason).toMatch(/^not applied yet: .*env\[name="MODE"\]\.\w+/);
});

test('of two programs that applied an object one after the other the later one is its applier', () => {
  const live = liveOf(after, []).map((object): LiveObject => {
    const wanted = after.objects.find(({ kind, name }) => kind === object.kind && name === object.metadata.name)!;
    const sent = unstamped(wanted.object);
    const managedFields = [
      { ...entry(sent, 'argocd-controller'), time: '2026-11-22T09:00:00Z' },
      entry(sent, 'kustomize-controller'),
    ];
    return { ...object, metadata: { ...object.metadata, managedFields } };
  });
  const index = new LiveIndex();
  for (const object of live) index.put(object);

  expect(compareUnit(after, index.labelledUnit(after)).external?.managers).toEqual(['kustomize-controller']);
});

test('labels and annotations that an applier adds to keep track of its objects are no difference', () => {
  const live = liveOf(after, []).map((object): LiveObject => {
    const labels = { ...object.metadata.labels, 'kustomize.toolkit.fluxcd.io/name': 'claworc' };
    const tracked = { ...object, metadata: { ...object.metadata, labels } };
    const managedFields = [entry(tracked, 'kustomize-controller')];
    return { ...tracked, metadata: { ...tracked.metadata, managedFields } };
  });

  const actions = Object.values(compared(after, live));

  expect(actions.filter(({ action }) => action !== 'unchanged')).toEqual([]);
});

test('of a bot that Claworc would hold it is said that its applier does not', () => {
  const held: DesiredUnit = { unit: 'bot-alpha', state: 'held', reason: 'dist/bot-alpha/: was edited by hand' };

  const { state, reason, actions } = compareUnit(held, new LiveIndex().labelledUnit(held));

  expect({ state, actions }).toEqual({ state: 'held', actions: [] });
  expect(reason).toBe('dist/bot-alpha/: was edited by hand. Its applier brings what dist/ has all the same');
});

test('a Secret without its key is not applied yet', () => {
  const live = liveOf(after, ['kustomize-controller']);

  const without = live.map((object) => (object.kind === 'Secret' ? { ...object, data: {} } : object));

  expect(compared(after, without).Secret).toMatchObject({
    standing: 'behind',
    reason: 'not applied yet: data.OPENAI_API_KEY',
  });
});

test('who applied it is told by who owns most of it, and Claworc only as long as nobody else has', () => {
  const managers = (names: readonly string[]): unknown => {
    const index = new LiveIndex();
    for (const object of liveOf(after, names)) index.put(object);
    return compareUnit(after, index.labelledUnit(after)).external?.managers;
  };

  expect(managers(['claworc'])).toEqual(['claworc']);
  expect(managers(['claworc', 'kustomize-controller'])).toEqual(['kustomize-controller']);
  expect(managers([])).toEqual([]);
  expect(deploymentOf(liveOf(after, [])).metadata.managedFields).toEqual([]);
});
