import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../../constructs/kube-object.ts';
import { newFleet, newRecord } from '../../../../constructs/new-documents.ts';
import { synthInstance } from '../../../../constructs/synth.ts';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { diffObject } from '../../../../server/reconcile/plan/diff.ts';
import { digestOf } from '../../../../server/reconcile/desired/stamp.ts';
import { appliedLive, fieldsOf } from '../live-fixture.ts';

const fleet = newFleet({ recipients: [] });
const manifests = synthInstance(
  newRecord({ name: 'bot-alpha', displayName: 'Alpha', env: { A: '1' } }, fleet),
  fleet,
  [],
);
const objectOf = (kind: string): KubeObject => manifests.find((manifest) => manifest.kind === kind)!.object;
const deployment = objectOf('Deployment');

type Json = Record<string, unknown>;
const containerOf = (object: KubeObject | LiveObject): Json =>
  (object.spec as Json & { template: { spec: { containers: Json[] } } }).template.spec.containers[0] ?? {};

/** A copy with a change in the only container. */
function withContainer<T extends KubeObject | LiveObject>(object: T, change: (container: Json) => void): T {
  const copy = structuredClone(object);
  change(containerOf(copy));
  return copy;
}

describe('a live object as it was applied', () => {
  test.each(manifests)('$kind $name differs in nothing', ({ object }) => {
    expect(diffObject(object, appliedLive(object))).toEqual({ fields: [], ownershipLost: false });
  });

  test('may be spelled as the API server spells it', () => {
    const live = withContainer(appliedLive(deployment), (container) => {
      container.resources = { limits: { cpu: '2000m', memory: '4096Mi' }, requests: { cpu: '0.5', memory: '1Gi' } };
      container.terminationMessagePath = '/dev/termination-log';
      container.env = [...(container.env as Json[]), { name: 'ADDED', value: 'by somebody' }].reverse();
    });
    expect(diffObject(deployment, live).fields).toEqual([]);
  });
});

describe('a field of a claim that main drops', () => {
  const claim = objectOf('PersistentVolumeClaim');
  const withMode = (volumeMode: string): LiveObject =>
    appliedLive({ ...claim, spec: { ...(claim.spec as Json), volumeMode } });

  test('is no difference where the API server would set the value that it has', () => {
    expect(diffObject(claim, withMode('Filesystem'))).toEqual({ fields: [], ownershipLost: false });
  });

  test('is one where it would not', () => {
    expect(diffObject(claim, withMode('Block')).fields).toMatchObject([
      { field: 'spec.volumeMode', main: null, live: 'Block' },
    ]);
  });
});

describe('a difference', () => {
  test('names the field, both values and who owns the live one', () => {
    const live = withContainer(appliedLive(deployment), (container) => (container.image = 'other:1'));
    const managedFields = [
      ...(live.metadata.managedFields ?? []),
      {
        manager: 'kubectl-edit',
        operation: 'Update',
        fieldsV1: {
          'f:spec': { 'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"moltbot"}': { 'f:image': {} } } } } },
        },
      },
    ];
    const { fields } = diffObject(deployment, { ...live, metadata: { ...live.metadata, managedFields } });
    expect(fields).toEqual([
      {
        field: 'spec.template.spec.containers[name="moltbot"].image',
        main: containerOf(deployment).image,
        live: 'other:1',
        owners: ['kubectl-edit'],
      },
    ]);
  });

  test('is a field that we applied once and main no longer has', () => {
    const before = withContainer(deployment, (container) => {
      container.env = [...(container.env as Json[]), { name: 'OLD', value: 'x' }];
    });
    const { fields } = diffObject(deployment, appliedLive(before));
    expect(fields.map(({ field, main }) => [field, main])).toEqual([
      ['spec.template.spec.containers[name="moltbot"].env[name="OLD"]', null],
    ]);
  });

  test('in a structure that main drops is told by its parts where one is of somebody else, and whole where none is', () => {
    const before: KubeObject = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'c' },
      data: { a: '1', b: '2' },
    };
    const after: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
    const alone = appliedLive(before);
    expect(diffObject(after, alone).fields.map(({ field }) => field)).toEqual(['data']);
    const others = { manager: 'mesh', operation: 'Update', fieldsV1: { 'f:data': { 'f:b': {}, 'f:c': {} } } };
    const managedFields = [...(alone.metadata.managedFields ?? []), others];
    const shared = { ...alone, data: { a: '1', b: '2', c: '3' }, metadata: { ...alone.metadata, managedFields } };
    expect(diffObject(after, shared).fields).toEqual([
      { field: 'data.a', main: null, live: '1', owners: [] },
      { field: 'data.b', main: null, live: '2', owners: ['mesh'] },
    ]);
  });

  test('is ownership that somebody took without changing the value', () => {
    const live = appliedLive(deployment);
    const { spec: _, ...rest } = deployment;
    const managedFields = [{ manager: 'claworc', operation: 'Apply', fieldsV1: fieldsOf(rest) }];
    const { fields, ownershipLost } = diffObject(deployment, {
      ...live,
      metadata: { ...live.metadata, managedFields },
    });
    expect(fields).toEqual([]);
    expect(ownershipLost).toBe(true);
  });

  test('in a Secret never shows a value, and is seen by who owns it', () => {
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, type: 'Opaque', data: { KEY: '' } };
    expect(diffObject(secret, appliedLive(secret)).fields).toEqual([]);
    const managedFields = [{ manager: 'claworc', operation: 'Apply', fieldsV1: { 'f:type': {} } }];
    const { fields } = diffObject(secret, appliedLive(secret, { managedFields }));
    expect(fields).toEqual([{ field: 'data.KEY', main: '(sealed)', live: '(other value)', owners: [] }]);
  });

  test('is found at whatever scalar of a Deployment somebody changes', () => {
    const scalars = leafPaths(deployment.spec).filter((path) => !path.some((step) => KEYS.has(String(step))));
    fc.assert(
      fc.property(fc.constantFrom(...scalars), (path) => {
        const live = structuredClone(appliedLive(deployment));
        change(live.spec, path);
        expect(diffObject(deployment, live).fields.length).toBeGreaterThan(0);
      }),
    );
  });
});

test('the digest depends on the content and not on the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (object) => {
      const shuffled = Object.fromEntries(Object.entries(object).reverse());
      expect(digestOf(shuffled)).toBe(digestOf(object));
      expect(digestOf({ ...object, extra: 1 })).not.toBe(digestOf({ ...object, extra: 2 }));
    }),
  );
});

/** Members that keyed lists are keyed by: changing one makes another item. */
const KEYS = new Set(['name', 'mountPath', 'containerPort', 'protocol']);

function leafPaths(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  return Object.entries(value).flatMap(([key, inner]) =>
    leafPaths(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

function change(root: unknown, path: readonly (string | number)[]): void {
  let node = root as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) node = node[step] as typeof node;
  const last = path.at(-1) ?? '';
  const old = node[last];
  node[last] = typeof old === 'number' ? old + 1 : typeof old === 'boolean' ? !old : `${String(old)}x`;
}
