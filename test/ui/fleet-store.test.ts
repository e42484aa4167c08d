import { expect, test } from 'vitest';
import { FleetStore, type StatusChange } from '../../ui/src/data/fleet-store.ts';
import { fleetState, instance } from './instances.ts';

function watched(): { store: FleetStore; told: StatusChange[]; changes: () => number } {
  const store = new FleetStore();
  const told: StatusChange[] = [];
  let changes = 0;
  store.addEventListener('instance', (event) => told.push((event as CustomEvent<StatusChange>).detail));
  store.addEventListener('change', () => (changes += 1));
  return { store, told, changes: () => changes };
}

test('before the first snapshot nothing is known, which is not an empty fleet', () => {
  const { store, told } = watched();
  expect(store.known).toBe(false);

  store.take('snapshot', { instances: [], fleet: fleetState() });

  expect([store.known, store.instances.size, told]).toEqual([true, 0, []]);
});

test('a row keeps its identity while nothing about it changes', () => {
  const { store, changes } = watched();
  store.take('snapshot', { instances: [instance('bot-a'), instance('bot-b')], fleet: fleetState() });
  const before = store.instances.get('bot-a');
  const count = changes();

  expect(store.take('instance', instance('bot-a'))).toBe(0);
  expect([store.instances.get('bot-a') === before, changes()]).toEqual([true, count]);

  expect(store.take('instance', instance('bot-a', { status: 'error' }))).toBe(1);
  expect(store.instances.get('bot-a')).not.toBe(before);
});

test('a later snapshot says how many bots changed, came and went', () => {
  const { store, told } = watched();
  store.take('snapshot', { instances: [instance('bot-a'), instance('bot-b')], fleet: fleetState() });

  const changed = store.take('snapshot', {
    instances: [instance('bot-a', { status: 'stopped' }), instance('bot-c')],
    fleet: fleetState(),
  });

  expect(changed).toBe(3);
  expect(told.map(({ before, after }) => [before?.name, after?.name])).toEqual([
    ['bot-a', 'bot-a'],
    [undefined, 'bot-c'],
    ['bot-b', undefined],
  ]);
});

test('bytes from the server make the link live again', () => {
  const { store } = watched();
  store.setLink({ state: 'gone', since: 1, retryAt: 2 });
  store.heard(5);
  expect([store.link.state, store.lastHeard]).toEqual(['live', 5]);
});
