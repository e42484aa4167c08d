import { expect, test } from 'vitest';
import { createFreshness } from '../../../../server/services/fleet/freshness.ts';
import type { Publisher } from '../../../../server/services/publish/publisher.ts';
import { observedOf, observedUnit } from '../../reconcile/observed-fixture.ts';

interface Event {
  readonly commit: string;
  readonly units: readonly string[];
}

function watched() {
  const listeners: ((event: Event) => void)[] = [];
  const on: Publisher['on'] = (name, listener) => {
    if (name === 'imported') listeners.push(listener as (event: Event) => void);
    return () => undefined;
  };
  const freshness = createFreshness({ on });
  return { freshness, imported: (event: Event) => listeners.forEach((listener) => listener(event)) };
}

test('what a commit changed counts as unseen until the cluster was seen to be brought to it, unit by unit', () => {
  let commit: string | null = null;
  const observed = observedOf({ commit: () => commit });
  const { freshness, imported } = watched();
  imported({ commit: 'one', units: ['bot-a', 'bot-b'] });
  expect(freshness.changedSince(observed)).toEqual([]);

  commit = 'before';
  observed.set(observedUnit('bot-a'));
  expect(freshness.changedSince(observed)).toEqual(['bot-a', 'bot-b']);

  observed.expect(['bot-a']);
  commit = 'one';
  expect(freshness.changedSince(observed)).toEqual(['bot-a']);

  observed.set(observedUnit('bot-a'));
  expect(freshness.changedSince(observed)).toEqual([]);

  imported({ commit: 'two', units: ['bot-b'] });
  expect(freshness.changedSince(observed)).toEqual(['bot-b']);
});
