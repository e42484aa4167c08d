import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createEventBus } from '../../../server/services/event-bus.ts';
import { giveMemoryBack } from '../../../server/services/give-memory-back.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A heap of 100 of which collecting leaves 60. */
function watched() {
  const bus = createEventBus();
  const seen = { heap: 100, collected: 0 };
  const collect = (): void => {
    seen.collected += 1;
    seen.heap = 60;
  };
  const stop = giveMemoryBack(bus, { collect, heapSize: () => seen.heap, quietMs: 1_000, leastGrowth: 16 });
  const change = (): void => bus.publish({ name: 'activity', payload: { id: 'a' } });
  return { seen, stop, change };
}

test('what a start leaves behind is collected once, when nothing changes any more', () => {
  const { seen, change, stop } = watched();

  for (let at = 0; at < 10; at += 1) {
    vi.advanceTimersByTime(900);
    change();
  }
  expect(seen.collected).toBe(0);

  vi.advanceTimersByTime(60_000);
  expect(seen.collected).toBe(1);
  stop();
});

test('a change is followed by another collection where it let the heap grow, and by none where it did not', () => {
  const { seen, change, stop } = watched();
  vi.advanceTimersByTime(1_000);

  seen.heap = 75;
  change();
  vi.advanceTimersByTime(1_000);
  expect(seen.collected).toBe(1);

  seen.heap = 76;
  change();
  vi.advanceTimersByTime(1_000);
  expect(seen.collected).toBe(2);
  stop();
});

test('nothing is collected after it was stopped', () => {
  const { seen, change, stop } = watched();

  stop();
  change();
  vi.advanceTimersByTime(60_000);

  expect(seen.collected).toBe(0);
  expect(vi.getTimerCount()).toBe(0);
});
