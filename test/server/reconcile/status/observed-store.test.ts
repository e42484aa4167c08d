import { expect, test } from 'vitest';
import { observedOf, observedUnit } from '../observed-fixture.ts';

test('held units are those that were last seen so, by name', () => {
  const observed = observedOf();
  observed.set(observedUnit('bot-b', { held: 'claworc.yaml is broken' }));
  observed.set(observedUnit('bot-c', { held: 'not rendered' }));
  observed.set(observedUnit('bot-a', { held: 'main does not name it' }));
  observed.set(observedUnit('bot-d'));

  observed.set(observedUnit('bot-c'));
  observed.delete('bot-b');

  expect(observed.held()).toEqual([{ unit: 'bot-a', reason: 'main does not name it' }]);
});
