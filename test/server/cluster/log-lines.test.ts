import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineSplitter, MAX_LINE, parseLogLine } from '../../../server/cluster/log-lines.ts';

const line = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => text.replaceAll(/[\n\r]/g, ''));

test('lines come out whole, however their bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1, maxLength: 10 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
      (lines, end, isEnded, sizes) => {
        const bytes = Buffer.from(lines.join(end) + (isEnded ? end : ''));
        const splitter = createLineSplitter();
        const seen: string[] = [];
        for (let at = 0, index = 0; at < bytes.length; index++) {
          const size = sizes[index % sizes.length]!;
          seen.push(...splitter.take(bytes.subarray(at, at + size)));
          at += size;
        }
        const rest = splitter.rest();
        if (rest !== '') seen.push(rest);
        // An empty last line without a newline is no line.
        const expected = !isEnded && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
        expect(seen).toEqual(expected);
      },
    ),
    { numRuns: 300 },
  );
});

test('a line of a megabyte is cut off, and the next one is whole', () => {
  const splitter = createLineSplitter();
  const chunk = Buffer.alloc(1000, 'x');
  for (let sent = 0; sent < 1000; sent++) expect(splitter.take(chunk)).toEqual([]);

  const [long, next] = splitter.take(Buffer.from('\nnext\n'));

  expect(long).toBe(`${'x'.repeat(MAX_LINE)} … [${1_000_000 - MAX_LINE} bytes more]`);
  expect(next).toBe('next');
});

test.each([
  ['2026-11-22T10:20:30.123456789Z hello', '2026-11-22T10:20:30.123456789Z', 'hello'],
  ['2026-11-22T10:20:30Z ', '2026-11-22T10:20:30Z', ''],
  ['2026-11-22T00:20:30.5+02:00 a b', '2026-11-21T22:20:30.5Z', 'a b'],
  ['2026-11-22T10:20:30Z 2026-11-22T10:20:31Z x', '2026-11-22T10:20:30Z', '2026-11-22T10:20:31Z x'],
  ['failed to open log file', null, 'failed to open log file'],
  ['', null, ''],
])('%j is taken apart', (raw, at, text) => {
  expect(parseLogLine(raw)).toEqual({ at, text });
});
