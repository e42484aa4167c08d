import { expect, test } from 'vitest';
import { newFleet } from '../../../../constructs/new-documents.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { formerNamespaces } from '../../../../server/reconcile/desired/former-namespaces.ts';

const yaml = (namespace: string): Uint8Array => Buffer.from(writeRecord(newFleet({ namespace, recipients: [] })));
const versions = (...found: readonly (readonly [string, Uint8Array | null])[]) => ({
  versions: found.map(([commit, bytes]) => ({ commit, bytes })),
  isWhole: true,
});

test('a fleet that was always in one namespace has no former one', () => {
  expect(formerNamespaces(versions(['b', yaml('one')], ['a', yaml('one')]), 'one').former).toEqual([]);
});

test('former namespaces come newest first, each with the commit that last left it', () => {
  const history = versions(
    ['f', yaml('three')],
    ['e', yaml('one')],
    ['d', yaml('two')],
    ['c', yaml('two')],
    ['b', yaml('one')],
    ['a', yaml('zero')],
  );
  expect(formerNamespaces(history, 'three').former).toEqual([
    { namespace: 'one', until: 'f' },
    { namespace: 'two', until: 'e' },
    { namespace: 'zero', until: 'b' },
  ]);
});

test('a claworc.yaml that was broken, or gone for a while, hides nothing', () => {
  const history = versions(['d', yaml('two')], ['c', Buffer.from('kind: [')], ['b', null], ['a', yaml('one')]);
  expect(formerNamespaces(history, 'two').former).toEqual([{ namespace: 'one', until: 'd' }]);
});
