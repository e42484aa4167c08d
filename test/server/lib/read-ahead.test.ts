import { describe, expect, it } from 'vitest';
import { readAllAhead } from '../../../server/lib/read-ahead.ts';

describe('reading many files', () => {
  it('lets other work in between two of them, however many there are', async () => {
    const files = new Map(Array.from({ length: 40 }, (_, n) => [`instances/bot-${n}.yaml`, Buffer.from(`k${n}: 1\n`)]));
    let turns = 0;
    let isOver = false;
    const other = (): void => {
      turns += 1;
      if (!isOver) setImmediate(other);
    };
    setImmediate(other);
    // A clock by which each file takes its whole slice.
    let time = 0;

    await readAllAhead(files, () => (time += 11));
    isOver = true;

    expect(turns).toBeGreaterThanOrEqual(40);
  });
});
