import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SseParser } from '../../../../ui/src/data/stream/sse.ts';

const TEXT =
  'retry: 2000\n\n: still here\n\nid: 7\nevent: instance\ndata: {"a":1}\n\nevent: line\r\ndata: one\r\ndata: two\r\n\r\ndata: plain\n\n';

test('events, ids and lines of data are read; comments and retry are not events', () => {
  expect(new SseParser().push(TEXT)).toEqual([
    { event: 'instance', data: '{"a":1}', id: '7' },
    { event: 'line', data: 'one\ntwo', id: '7' },
    { event: 'message', data: 'plain', id: '7' },
  ]);
});

test('it does not matter where the chunks of a stream are cut', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: TEXT.length }), { maxLength: 8 }), (cuts) => {
      const parser = new SseParser();
      const places = [0, ...cuts.toSorted((a, b) => a - b), TEXT.length];
      const events = places.slice(1).flatMap((end, index) => parser.push(TEXT.slice(places[index], end)));
      expect(events).toEqual(new SseParser().push(TEXT));
    }),
  );
});
