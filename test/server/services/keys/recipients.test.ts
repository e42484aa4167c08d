import { expect, test } from 'vitest';
import { describeChange, recipientsToSealFor } from '../../../../server/services/keys/recipients.ts';

const named = ['age1own', 'age1new'];

test('of recipients that a commit changed, keys are sealed for those that are both named and accepted', () => {
  expect(recipientsToSealFor({ named, accepted: named })).toEqual(named);
  expect(recipientsToSealFor({ named, accepted: ['age1own'] })).toEqual(['age1own']);
  expect(recipientsToSealFor({ named: ['age1own'], accepted: ['age1own', 'age1gone'] })).toEqual(['age1own']);
});

test('where a commit put others in the place of all recipients, nothing is sealed', () => {
  expect(() => recipientsToSealFor({ named: ['age1new'], accepted: ['age1own'] })).toThrow(
    /Nothing was sealed: claworc.yaml names age1new, which nobody accepted here, and no longer names age1own/,
  );
});

test('recipients in another order are no change', () => {
  expect(describeChange({ named, accepted: named.toReversed() })).toBeNull();
});
