import { describe, expect, it } from 'vitest';
import { inSlices } from '../../../server/lib/slices.ts';

/** How often others got their turn while `items` were worked on, each of which takes `ms`. */
async function turnsDuring(items: readonly number[], ms: number) {
  let turns = 0;
  let clock = 0;
  const tick = (): void => {
    turns += 1;
    next = setImmediate(tick);
  };
  let next = setImmediate(tick);
  const seen: number[] = [];
  for await (const item of inSlices(items, () => clock)) {
    seen.push(item);
    clock += ms;
  }
  clearImmediate(next);
  return { seen, turns };
}

describe('work in slices', () => {
  const items = Array.from({ length: 100 }, (_, at) => at);

  it('lets others have a turn each 10 ms, and keeps the order', async () => {
    const { seen, turns } = await turnsDuring(items, 1);
    expect(seen).toEqual(items);
    expect(turns).toBeGreaterThanOrEqual(8);
    expect(turns).toBeLessThanOrEqual(12);
  });

  it('waits for nobody while it is quick', async () => {
    expect((await turnsDuring(items, 0.01)).turns).toBe(0);
  });
});
