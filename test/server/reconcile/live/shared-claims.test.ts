import { expect, test } from 'vitest';
import type { FieldsV1, LiveObject } from '../../../../server/cluster/live-object.ts';
import { SharedClaims } from '../../../../server/reconcile/live/shared-claims.ts';

const object = (name: string, ...claims: readonly FieldsV1[]): LiveObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, managedFields: claims.map((fieldsV1, index) => ({ manager: `m${index}`, fieldsV1 })) },
  data: { name },
});
const tree = (field: string): FieldsV1 => ({ 'f:data': { [`f:${field}`]: {} } });

test('objects that are claimed alike share one tree of claims, and say what they said', () => {
  const claims = new SharedClaims();
  const one = claims.share(object('one', tree('a'), tree('b')));
  const two = claims.share(object('two', tree('a'), tree('c')));
  expect([one, two]).toEqual([object('one', tree('a'), tree('b')), object('two', tree('a'), tree('c'))]);
  const [ofOne, ofTwo] = [one, two].map(({ metadata }) => metadata.managedFields?.map(({ fieldsV1 }) => fieldsV1));
  expect(ofTwo?.[0]).toBe(ofOne?.[0]);
  expect(ofTwo?.[1]).not.toBe(ofOne?.[1]);
});

test('an object without claims stays the very same', () => {
  const bare: LiveObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'bare' } };
  expect(new SharedClaims().share(bare)).toBe(bare);
});

test('forgets what it knew when too many trees are unlike each other, and shares again from then on', () => {
  const claims = new SharedClaims();
  const first = claims.share(object('first', tree('common')));
  for (let number = 0; number < 2_500; number++) claims.share(object('other', tree(String(number))));
  const again = claims.share(object('again', tree('common')));
  const later = claims.share(object('later', tree('common')));
  const treeOf = ({ metadata }: LiveObject) => metadata.managedFields?.[0]?.fieldsV1;
  expect(treeOf(again)).not.toBe(treeOf(first));
  expect(treeOf(later)).toBe(treeOf(again));
});
