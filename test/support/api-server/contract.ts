import { describe, expect, test } from 'vitest';
import type { ApiResult, ClusterApi } from '../../../server/cluster/api.ts';
import type { ApiFailure } from '../../../server/cluster/errors.ts';
import type { FieldsV1, LiveObject } from '../../../server/cluster/live-object.ts';
import { MANAGED_RESOURCES, NAMESPACES } from '../../../server/cluster/resources.ts';
import { watchOnce } from '../../../server/cluster/watch-stream.ts';
import { readLive } from '../../../server/reconcile/live/read-live.ts';
import { LiveIndex } from '../../../server/reconcile/live/live-index.ts';
import { desiredUnit } from '../../../server/reconcile/desired/desired.ts';
import { member } from '../../../server/reconcile/plan/field-path.ts';
import { withoutHandEdits } from '../../../server/reconcile/plan/hand-edits.ts';
import { ourFields } from '../../../server/reconcile/plan/ownership.ts';
import { fieldsOf } from '../../server/reconcile/live-fixture.ts';
import { RepoFixture } from '../../server/reconcile/repo-fixture.ts';

export interface Place extends AsyncDisposable {
  readonly api: ClusterApi;
  readonly namespace: string;
}

const { ConfigMap, Secret, PersistentVolumeClaim, Service } = MANAGED_RESOURCES;
const US = { fieldManager: 'claworc' };

/** What Claworc takes an API server to do; `open` gives each test a namespace of its own. */
export function describeApiServer(title: string, open: () => Promise<Place>): void {
  describe(title, () => {
    test('makes an object once, and leaves it as it is when the same is applied again', async () => {
      await using place = await open();
      const first = value(await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), US));
      const second = value(await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), US));
      expect([first.created, second.created]).toEqual([true, false]);
      expect(second.object.metadata.resourceVersion).toBe(first.object.metadata.resourceVersion);
      expect(ourFields(second.object)).toEqual({ 'f:data': { 'f:a': {} } });
    });

    test('drops what an apply no longer names, and keeps what others added', async () => {
      await using place = await open();
      await place.api.apply(ConfigMap, place.namespace, settings({ a: '1', b: '2' }), US);
      await edit(place, 'hpa', { data: { c: '3' } });
      const { object } = value(await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), US));
      expect(object.data).toEqual({ a: '1', c: '3' });
    });

    test('keeps a field that an apply no longer names while another manager owns it too', async () => {
      await using place = await open();
      await place.api.apply(ConfigMap, place.namespace, settings({ a: '1', b: '2' }), US);
      await place.api.apply(ConfigMap, place.namespace, settings({ b: '2' }), { fieldManager: 'other' });
      const { object } = value(await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), US));
      expect(object.data).toEqual({ a: '1', b: '2' });
      expect(ourFields(object)).toEqual({ 'f:data': { 'f:a': {} } });
    });

    test('lets a claim of another manager be taken out of managedFields, and drops the field with the next apply', async () => {
      await using place = await open();
      const { api, namespace } = place;
      await api.apply(ConfigMap, namespace, settings({ a: '1', b: '2' }), US);
      const both = settings({ b: '2', c: '3' });
      const { object: shared } = value(await api.apply(ConfigMap, namespace, both, { fieldManager: 'kubectl' }));
      const managedFields = withoutHandEdits(shared, [[member('data'), member('b')]]);
      const { uid = '', resourceVersion = '' } = shared.metadata;
      const write = (version: string) =>
        api.mergePatch(
          ConfigMap,
          namespace,
          'settings',
          { metadata: { managedFields } },
          { ...US, preconditions: { uid, resourceVersion: version } },
        );
      expect(failure(await write('1')).type).toBe('stale');
      const freed = value(await write(resourceVersion));
      expect(freed.data).toEqual({ a: '1', b: '2', c: '3' });
      expect(freed.metadata.managedFields?.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
        ['claworc', { 'f:data': { 'f:a': {}, 'f:b': {} } }],
        ['kubectl', { 'f:data': { 'f:c': {} } }],
      ]);
      const { object } = value(await api.apply(ConfigMap, namespace, settings({ a: '1' }), US));
      expect(object.data).toEqual({ a: '1', c: '3' });
    });

    test('refuses an apply that names a resourceVersion which is not that of the object any more', async () => {
      await using place = await open();
      const { object } = value(await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), US));
      await edit(place, 'somebody', { data: { b: '2' } });
      const { uid, resourceVersion } = object.metadata;
      const late = { ...settings({ a: '2' }), metadata: { name: 'settings', uid, resourceVersion } };
      expect(failure(await place.api.apply(ConfigMap, place.namespace, late, US)).type).toBe('stale');
    });

    test('refuses a value that another manager changed, naming it, and takes it by force', async () => {
      await using place = await open();
      await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), US);
      expect(ourFields(await edit(place, 'hpa', { data: { a: '9' } }))).toBeUndefined();
      const refused = failure(await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), US));
      expect(refused).toMatchObject({ type: 'field_conflict', conflicts: [{ manager: 'hpa', field: 'data.a' }] });
      const forced = await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), { ...US, force: true });
      const { object } = value(forced);
      expect(object.data).toEqual({ a: '1' });
      expect(object.metadata.managedFields?.map(({ manager }) => manager)).toEqual(['claworc']);
    });

    test('owns each object of a bot field by field as FieldsV1 says, lists by their keys', async () => {
      await using place = await open();
      const repo = await RepoFixture.create(place.namespace);
      const unit = desiredUnit(repo.record('bot-alpha').synth().repo, 'bot-alpha');
      if (unit.state !== 'present') throw new Error(unit.state);
      for (const { kind, object } of unit.objects) {
        const applied = value(await place.api.apply(MANAGED_RESOURCES[kind], place.namespace, object, US));
        expect([kind, ordered(ourFields(applied.object))]).toEqual([kind, ordered(wholeReferences(fieldsOf(object)))]);
      }
      const index = new LiveIndex();
      await readLive(place.api, place.namespace, index);
      expect([...index.unit(unit).objects.keys()].sort()).toEqual(
        unit.objects.map(({ kind, name }) => `${kind}/${name}`).sort(),
      );
    });

    test('an apply that names a uid never makes an object anew, nor changes another one', async () => {
      await using place = await open();
      const wrong = withUid('0123', { a: '1' });
      expect(failure(await place.api.apply(ConfigMap, place.namespace, wrong, US)).type).toBe('stale');
      const { object } = value(await place.api.apply(ConfigMap, place.namespace, settings({ a: '1' }), US));
      expect(failure(await place.api.apply(ConfigMap, place.namespace, wrong, US)).type).toBe('stale');
      const right = withUid(String(object.metadata.uid), { a: '2' });
      expect(value(await place.api.apply(ConfigMap, place.namespace, right, US)).object.data).toEqual({ a: '2' });
    });

    test('deletes exactly the object that was seen, and says when there is none', async () => {
      await using place = await open();
      const { api, namespace } = place;
      const { object } = value(await api.apply(ConfigMap, namespace, settings({ a: '1' }), US));
      const seen = { uid: String(object.metadata.uid), resourceVersion: String(object.metadata.resourceVersion) };
      const drop = (preconditions: typeof seen) =>
        api.remove(ConfigMap, namespace, 'settings', { preconditions, propagation: 'Background' });
      expect(failure(await drop({ ...seen, uid: 'another' })).type).toBe('stale');
      await edit(place, 'hpa', { data: { b: '2' } });
      expect(failure(await drop(seen)).type).toBe('stale');
      const { metadata } = value(await api.get(ConfigMap, namespace, 'settings'));
      const now = { ...seen, resourceVersion: String(metadata.resourceVersion) };
      expect(value(await drop(now))).toEqual({ pending: false });
      expect(failure(await drop(now)).type).toBe('not_found');
    });

    test('keeps an object with a finalizer, being deleted, until the finalizer is gone', async () => {
      await using place = await open();
      const { api, namespace } = place;
      const held = { ...settings({ a: '1' }), metadata: { name: 'settings', finalizers: ['claworc.dev/test'] } };
      const { object } = value(await api.apply(ConfigMap, namespace, held, US));
      const preconditions = { uid: String(object.metadata.uid) };
      const removed = await api.remove(ConfigMap, namespace, 'settings', { preconditions, propagation: 'Background' });
      expect(value(removed)).toEqual({ pending: true });
      expect(value(await api.get(ConfigMap, namespace, 'settings')).metadata.deletionTimestamp).toBeDefined();
      await edit(place, 'somebody', { metadata: { finalizers: null } });
      expect(failure(await api.get(ConfigMap, namespace, 'settings')).type).toBe('not_found');
    });

    test('merges a patch into the object that was seen only', async () => {
      await using place = await open();
      const { api, namespace } = place;
      const { object } = value(await api.apply(ConfigMap, namespace, settings({ a: '1', b: '2' }), US));
      const { uid = '', resourceVersion = '' } = object.metadata;
      const patch = (preconditions: { uid: string; resourceVersion: string }) =>
        api.mergePatch(ConfigMap, namespace, 'settings', { data: { b: null } }, { ...US, preconditions });
      expect(failure(await patch({ uid: 'another', resourceVersion })).type).toBe('stale');
      expect(failure(await patch({ uid, resourceVersion: '1' })).type).toBe('stale');
      const patched = value(await patch({ uid, resourceVersion }));
      expect(patched.data).toEqual({ a: '1' });
      expect(ourFields(patched)).toEqual({ 'f:data': { 'f:a': {} } });
    });

    test('makes with create only what is not there', async () => {
      await using place = await open();
      value(await place.api.create(ConfigMap, place.namespace, settings({ a: '1' }), 'claworc'));
      const again = await place.api.create(ConfigMap, place.namespace, settings({ a: '2' }), 'claworc');
      expect(failure(again).type).toBe('exists');
    });

    test('tells a missing object from a missing namespace', async () => {
      await using place = await open();
      const { api, namespace } = place;
      expect(failure(await api.get(ConfigMap, namespace, 'nothing')).type).toBe('not_found');
      const nowhere = await api.apply(ConfigMap, `${namespace}-nowhere`, settings({ a: '1' }), US);
      expect(failure(nowhere).type).toBe('namespace_missing');
      expect(value(await api.get(NAMESPACES, null, namespace)).metadata.name).toBe(namespace);
    });

    test('lists by label, and goes on from there with a watch', async () => {
      await using place = await open();
      const { api, namespace } = place;
      const labelled = { ...settings({ a: '1' }), metadata: { name: 'settings', labels: { mine: 'yes' } } };
      await api.apply(ConfigMap, namespace, labelled, US);
      await api.apply(ConfigMap, namespace, { ...settings({}), metadata: { name: 'other' } }, US);
      const listed = value(await api.list(ConfigMap, namespace, { labelSelector: 'mine=yes' }));
      expect(listed.items.map(({ kind, metadata }) => [kind, metadata.name])).toEqual([['ConfigMap', 'settings']]);

      const seen: string[] = [];
      const stop = new AbortController();
      const watching = watchOnce(api, ConfigMap, namespace, {
        resourceVersion: listed.resourceVersion,
        labelSelector: 'mine=yes',
        timeoutSeconds: 60,
        silenceMs: 60_000,
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type !== 'bookmark') seen.push(`${event.type} ${event.object.metadata.name}`);
          return undefined;
        },
      });
      await edit(place, 'somebody', { data: { a: '2' } });
      await expect.poll(() => seen).toEqual(['put settings']);
      stop.abort();
      await watching;
    });

    test('tells all that is there at the beginning of a watch, then where that ends, then what comes; a removal has a later version', async () => {
      await using place = await open();
      const { api, namespace } = place;
      const labelled = { ...settings({ a: '1' }), metadata: { name: 'settings', labels: { mine: 'yes' } } };
      const { object: first } = value(await api.apply(ConfigMap, namespace, labelled, US));
      const seen: [string, string][] = [];
      const stop = new AbortController();
      const watching = watchOnce(api, ConfigMap, namespace, {
        resourceVersion: null,
        labelSelector: 'mine=yes',
        timeoutSeconds: 60,
        silenceMs: 60_000,
        signal: stop.signal,
        onEvent: (event) => {
          if (event.type !== 'bookmark') seen.push([event.type, event.object.metadata.resourceVersion ?? '']);
          else if (event.endsList) seen.push(['end', event.resourceVersion]);
          return undefined;
        },
      });
      await expect.poll(() => seen.map(([type]) => type)).toEqual(['put', 'end']);
      const { uid = '' } = first.metadata;
      const gone = { preconditions: { uid }, propagation: 'Background' } as const;
      value(await api.remove(ConfigMap, namespace, 'settings', gone));
      await expect.poll(() => seen.map(([type]) => type)).toEqual(['put', 'end', 'remove']);
      const versions = seen.map(([, version]) => Number(version));
      expect(versions).toEqual([...versions].sort((a, b) => a - b));
      expect(versions[2]).toBeGreaterThan(versions[1] ?? Infinity);
      stop.abort();
      await watching;
    });

    test('refuses a member that the kind does not have, for good', async () => {
      await using place = await open();
      const strange = { ...settings({ a: '1' }), bogus: true };
      expect(failure(await place.api.apply(ConfigMap, place.namespace, strange, US)).type).toBe('invalid');
    });

    test('refuses to grow a claim that is not bound, and to change one otherwise', async () => {
      await using place = await open();
      const { api, namespace } = place;
      value(await api.apply(PersistentVolumeClaim, namespace, claim('1Gi'), US));
      expect(failure(await api.apply(PersistentVolumeClaim, namespace, claim('2Gi'), US)).type).toBe('invalid');
      const other = { ...claim('1Gi'), spec: { ...claim('1Gi').spec, storageClassName: 'another' } };
      expect(failure(await api.apply(PersistentVolumeClaim, namespace, other, US)).type).toBe('invalid');
    });

    test('refuses a node port that another Service has', async () => {
      await using place = await open();
      const { api, namespace } = place;
      const port = 30_000 + Math.floor(Math.random() * 99);
      const opened = await api.apply(Service, namespace, nodePortService('one', port), US);
      value(opened);
      const taken = failure(await api.apply(Service, namespace, nodePortService('two', port), US));
      expect(taken).toMatchObject({ type: 'invalid' });
      expect(taken.message).toContain(`${port}: provided port is already allocated`);
    });

    test('says nothing of the values of a Secret that it refuses', async () => {
      await using place = await open();
      const { api, namespace } = place;
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'key' },
        bogus: 'sk-0123456789',
        data: { KEY: 'c2stMDEyMzQ1Njc4OQ==' },
      };
      const refused = failure(await api.apply(Secret, namespace, secret, US));
      expect(JSON.stringify(refused)).not.toMatch(/sk-0123456789|c2stMDEyMzQ1Njc4OQ/);
    });
  });
}

const settings = (data: Readonly<Record<string, string>>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings' },
  data,
});

const withUid = (uid: string, data: Readonly<Record<string, string>>) => ({
  ...settings(data),
  metadata: { name: 'settings', uid },
});

const claim = (storage: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, storageClassName: 'none-such' },
});

const nodePortService = (name: string, nodePort: number) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { type: 'NodePort', selector: { app: name }, ports: [{ name: 'web', port: 80, protocol: 'TCP', nodePort }] },
});

/** A change by somebody else, whatever the object was before. */
async function edit(
  { api, namespace }: Place,
  fieldManager: string,
  patch: Readonly<Record<string, unknown>>,
): Promise<LiveObject> {
  const { metadata } = value(await api.get(ConfigMap, namespace, 'settings'));
  const preconditions = { uid: metadata.uid ?? '', resourceVersion: metadata.resourceVersion ?? '' };
  return value(await api.mergePatch(ConfigMap, namespace, 'settings', patch, { fieldManager, preconditions }));
}

function value<T>(result: ApiResult<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

function failure(result: ApiResult<unknown>): ApiFailure {
  if (result.ok) throw new Error('it was accepted');
  return result.failure;
}

/** A pull secret is one value in its list. */
function wholeReferences(fields: FieldsV1): FieldsV1 {
  return Object.fromEntries(
    Object.entries(fields).map(([key, below]) => [
      key,
      key === 'f:imagePullSecrets'
        ? Object.fromEntries(Object.keys(below).map((item) => [item, {}]))
        : wholeReferences(below),
    ]),
  );
}

/** Members in one order, for a comparison that people can read. */
function ordered(fields: FieldsV1 | undefined): FieldsV1 {
  return Object.fromEntries(
    Object.entries(fields ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, below]) => [key, ordered(below)]),
  );
}
