import { expect, test } from 'vitest';
import { FleetStore, type StatusChange } from '../../../../ui/src/data/stream/fleet-store.ts';
import { fleetState, instance } from '../../instances.ts';

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

  store.take('snapshot', { instances: [], fleet: fleetState(), first: true, more: false });

  expect([store.known, store.instances.size, told]).toEqual([true, 0, []]);
});

test('a row keeps its identity while nothing about it changes', () => {
  const { store, changes } = watched();
  store.take('snapshot', {
    instances: [instance('bot-a'), instance('bot-b')],
    fleet: fleetState(),
    first: true,
    more: false,
  });
  const before = store.instances.get('bot-a');
  const count = changes();

  expect(store.take('instance', instance('bot-a'))).toBe(0);
  expect([store.instances.get('bot-a') === before, changes()]).toEqual([true, count]);

  expect(store.take('instance', instance('bot-a', { status: 'error' }))).toBe(1);
  expect(store.instances.get('bot-a')).not.toBe(before);
});

test('a later snapshot says how many bots changed, came and went', () => {
  const { store, told } = watched();
  store.take('snapshot', {
    instances: [instance('bot-a'), instance('bot-b')],
    fleet: fleetState(),
    first: true,
    more: false,
  });

  const changed = store.take('snapshot', {
    instances: [instance('bot-a', { status: 'stopped' }), instance('bot-c')],
    fleet: fleetState(),
    first: true,
    more: false,
  });

  expect(changed).toBe(3);
  expect(told.map(({ before, after }) => [before?.name, after?.name])).toEqual([
    ['bot-a', 'bot-a'],
    [undefined, 'bot-c'],
    ['bot-b', undefined],
  ]);
});

test('a snapshot in pages is shown from its first page on, and is known with its last', () => {
  const { store } = watched();
  const fleet = fleetState();

  store.take('snapshot', { instances: [instance('bot-a')], fleet, first: true, more: true });
  expect([store.known, [...store.instances.keys()]]).toEqual([false, ['bot-a']]);
  store.take('snapshot', { instances: [instance('bot-b')], fleet, first: false, more: true });
  store.take('instance', instance('bot-a', { status: 'error' }));
  store.take('instance_removed', { name: 'bot-b' });
  store.take('snapshot', { instances: [instance('bot-c')], fleet, first: false, more: false });

  expect(store.known).toBe(true);
  expect([...store.instances.keys()]).toEqual(['bot-a', 'bot-c']);
  expect(store.instances.get('bot-a')?.status).toBe('error');
});

test('while a snapshot comes again in pages, what was known stays until its last page', () => {
  const { store, told } = watched();
  const fleet = fleetState();
  store.take('snapshot', { instances: [instance('bot-a'), instance('bot-b')], fleet, first: true, more: false });

  store.take('snapshot', { instances: [instance('bot-a')], fleet, first: true, more: true });
  expect([...store.instances.keys()]).toEqual(['bot-a', 'bot-b']);
  expect(store.take('snapshot', { instances: [instance('bot-b')], fleet, first: false, more: false })).toBe(0);

  expect(told).toEqual([]);
});

test('bytes from the server make the link live again', () => {
  const { store } = watched();
  store.setLink({ state: 'gone', since: 1, retryAt: 2 });
  store.heard(5);
  expect([store.link.state, store.lastHeard]).toEqual(['live', 5]);
});

test('who begins to listen in the middle of a snapshot gets what has come, and the rest with everybody', () => {
  const { store } = watched();
  const fleet = fleetState();
  const late = new FleetStore();
  const give = (): void => {
    for (const page of store.pages(1)) late.take('snapshot', page);
  };
  give();
  expect(late.fleet).toBeNull();

  store.take('snapshot', { instances: [instance('bot-a'), instance('bot-b')], fleet, first: true, more: true });
  give();
  expect(late.known).toBe(false);
  const last = { instances: [instance('bot-c')], fleet, first: false, more: false };
  for (const one of [store, late]) one.take('snapshot', last);
  expect([late.known, [...late.instances.keys()]]).toEqual([true, ['bot-a', 'bot-b', 'bot-c']]);

  const later = new FleetStore();
  for (const page of store.pages(2)) later.take('snapshot', page);
  expect([later.known, later.instances]).toEqual([true, store.instances]);
});
