import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createViewFilter } from '../../../server/vnc/view-filter.ts';

const bytes = (...values: number[]): Buffer => Buffer.from(values);
const u16 = (value: number): number[] => [value >> 8, value & 255];
const u32 = (value: number): number[] => [...u16((value >>> 16) & 0xffff), ...u16(value & 0xffff)];
const filled = (length: number): fc.Arbitrary<Buffer> =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));
const withBody = (type: number, length: number): fc.Arbitrary<Buffer> =>
  filled(length - 1).map((body) => Buffer.concat([bytes(type), body]));

/** Messages by RFC 6143 and rfbproto, made without the parser that is tested. */
const harmless: readonly fc.Arbitrary<Buffer>[] = [
  withBody(0, 20),
  fc
    .integer({ min: 0, max: 40 })
    .chain((n) => filled(4 * n).map((body) => Buffer.concat([bytes(2, 0, ...u16(n)), body]))),
  withBody(3, 10),
  withBody(150, 10),
  fc
    .integer({ min: 0, max: 64 })
    .chain((n) => filled(n).map((body) => Buffer.concat([bytes(248, 0, 0, 0, 0, 0, 0, 0, n), body]))),
];
const input: readonly fc.Arbitrary<Buffer>[] = [
  withBody(4, 8),
  fc.tuple(fc.integer({ min: 0, max: 127 }), filled(4)).map(([mask, body]) => Buffer.concat([bytes(5, mask), body])),
  fc.tuple(fc.integer({ min: 128, max: 255 }), filled(5)).map(([mask, body]) => Buffer.concat([bytes(5, mask), body])),
  fc
    .tuple(fc.integer({ min: 0, max: 300 }), fc.boolean())
    .chain(([n, extended]) =>
      filled(n).map((body) => Buffer.concat([bytes(6, 0, 0, 0, ...u32(extended ? -n : n)), body])),
    ),
  withBody(250, 4),
  fc
    .integer({ min: 0, max: 4 })
    .chain((n) => filled(16 * n).map((body) => Buffer.concat([bytes(251, 0, 0, 1, 0, 1, n, 0), body]))),
  filled(10).map((body) => Buffer.concat([bytes(255, 0), body])),
];
const message = fc.oneof(
  ...harmless.map((arbitrary) => arbitrary.map((data) => ({ data, passes: true }))),
  ...input.map((arbitrary) => arbitrary.map((data) => ({ data, passes: false }))),
);

function cut(data: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, index = 0; at < data.length; index++) {
    const size = sizes[index % sizes.length]!;
    chunks.push(data.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

test('exactly the harmless messages pass, whole and in order, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(message, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 }),
      (messages, sizes) => {
        const filter = createViewFilter();
        const passed: Buffer[] = [];
        let dropped = 0;
        for (const chunk of cut(Buffer.concat(messages.map(({ data }) => data)), sizes)) {
          const result = filter.take(chunk);
          if (!result.ok) throw new Error(`type ${result.unknownType} is unknown`);
          passed.push(...result.pass);
          dropped += result.droppedMessages;
        }
        expect(passed).toEqual(messages.filter(({ passes }) => passes).map(({ data }) => data));
        expect(dropped).toBe(messages.filter(({ passes }) => !passes).length);
      },
    ),
    { numRuns: 500 },
  );
});

test('of 10,000 input messages none passes', () => {
  const filter = createViewFilter();
  for (const data of fc.sample(fc.oneof(...input), 10_000)) {
    expect(filter.take(data)).toEqual({ ok: true, pass: [], droppedMessages: 1 });
  }
});

test('an unknown message ends it for good, and nothing behind it passes', () => {
  const known = new Set([0, 2, 3, 4, 5, 6, 150, 248, 250, 251, 255]);
  const request = Buffer.concat([bytes(3), Buffer.alloc(9)]);
  for (let type = 0; type < 256; type++) {
    if (known.has(type)) continue;
    const filter = createViewFilter();
    expect(filter.take(Buffer.concat([bytes(type), request]))).toEqual({ ok: false, unknownType: type });
    expect(filter.take(request)).toEqual({ ok: false, unknownType: type });
  }
});

test.each([
  ['a QEMU message other than a key', bytes(255, 1, 0, 0)],
  ['a fence with more than it may carry', bytes(248, 0, 0, 0, 0, 0, 0, 0, 65)],
  ['a list of encodings without end', bytes(2, 0, 255, 255)],
])('%s is unknown', (_, data) => {
  expect(createViewFilter().take(data).ok).toBe(false);
});

test('a huge pasted text is skipped without being kept', () => {
  const filter = createViewFilter();
  const size = 64 * 1024 * 1024;
  const request = Buffer.concat([bytes(3), Buffer.alloc(9)]);
  const chunk = Buffer.alloc(1024 * 1024);
  filter.take(bytes(6, 0, 0, 0, ...u32(size)));
  const before = process.memoryUsage().arrayBuffers;

  for (let sent = 0; sent < size; sent += chunk.length)
    expect(filter.take(chunk)).toMatchObject({ ok: true, pass: [] });

  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024);
  expect(filter.take(request)).toMatchObject({ pass: [request] });
});
