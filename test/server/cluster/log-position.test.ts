import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LogLine } from '../../../server/cluster/log-lines.ts';
import { createLogPosition } from '../../../server/cluster/log-position.ts';

/** A log whose lines are close together, many in one second and some at the very same time. */
const log = fc.array(fc.constantFrom(0, 0, 1, 300, 999, 1_500), { maxLength: 60 }).map((gaps) => {
  let time = Date.parse('2026-11-22T10:20:30Z');
  return gaps.map((gap, index): LogLine => {
    time += gap;
    return { at: new Date(time).toISOString(), text: String(index) };
  });
});

test('a log that is cut anywhere, any number of times, is read without a line lost or doubled', () => {
  fc.assert(
    fc.property(log, fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 12 }), (lines, reads) => {
      const position = createLogPosition();
      const seen: LogLine[] = [];
      for (const count of [...reads, Infinity]) {
        position.rewind();
        const since = position.since();
        // What the kubelet does: lines of `sinceTime` and later, in the order of the file.
        const served = lines.filter(({ at }) => since === undefined || `${at!.slice(0, 19)}Z` >= since);
        let taken = 0;
        for (const line of served) {
          if (taken++ >= count) break;
          if (position.isNew(line)) seen.push(line);
        }
      }
      expect(seen).toEqual(lines);
    }),
    { numRuns: 500 },
  );
});

test('lines without a time are never held back', () => {
  const position = createLogPosition();

  expect(position.isNew({ at: null, text: 'a' })).toBe(true);
  position.rewind();
  expect(position.isNew({ at: null, text: 'a' })).toBe(true);
  expect(position.since()).toBeUndefined();
});

test('a clock that was set back loses no line', () => {
  const position = createLogPosition();
  position.isNew({ at: '2026-11-22T10:20:30.5Z', text: 'a' });

  expect(position.isNew({ at: '2026-11-22T10:20:29.5Z', text: 'b' })).toBe(true);
  expect(position.since()).toBe('2026-11-22T10:20:30Z');
});
