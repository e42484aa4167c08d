import { expect, test } from 'vitest';
import { createEventHistory } from '../../../server/http/event-history.ts';
import type { BusEvent } from '../../../server/services/event-bus.ts';

const event = (id: string): BusEvent => ({ name: 'activity', payload: { id } });
const idsOf = (events: readonly BusEvent[] | null) => events?.map(({ payload }) => (payload as { id: string }).id);

test('what came after an id is told, as long as all of it is still known', () => {
  const history = createEventHistory('2026-11-01T00:00:00Z', 3);
  const ids = [history.lastId()];
  for (const id of ['a', 'b', 'c', 'd']) {
    history.add(event(id));
    ids.push(history.lastId());
  }

  expect(ids.map((id) => idsOf(history.since(id)))).toEqual([undefined, ['b', 'c', 'd'], ['c', 'd'], ['d'], []]);
});

test('an id of another process, of the future, or that is none, tells nothing', () => {
  const history = createEventHistory('2026-11-01T00:00:00Z');
  const other = createEventHistory('2026-11-01T00:00:01Z');
  history.add(event('a'));
  other.add(event('a'));

  for (const id of [other.lastId(), history.lastId().replace(/1$/, '2'), '1', '', undefined, ['x']]) {
    expect([id, history.since(id)]).toEqual([id, null]);
  }
});
