import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long one piece of work may keep the process from answering requests, in milliseconds. */
const SLICE_MS = 10;

/** The items one after another, letting other work in between as soon as a slice of time is used up. `now` is a clock in milliseconds. */
export async function* inSlices<Item>(
  items: Iterable<Item>,
  now: () => number = () => performance.now(),
): AsyncGenerator<Item> {
  let sliceEnd = now() + SLICE_MS;
  for (const item of items) {
    yield item;
    if (now() < sliceEnd) continue;
    await nextTurn();
    sliceEnd = now() + SLICE_MS;
  }
}
