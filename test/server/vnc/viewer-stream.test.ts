import { expect, test } from 'vitest';
import { createViewerStream } from '../../../server/vnc/viewer-stream.ts';

const hello = Buffer.from('RFB 003.008\n');
const key = Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]);
const request = Buffer.from([3, 0, 0, 0, 0, 0, 0, 1, 0, 1]);

test('a viewer is offered security type None and a shared screen, whatever it asks for', () => {
  const stream = createViewerStream('control');

  expect(stream.greeting).toEqual(hello);
  expect(stream.take(hello)).toEqual({ toScreen: [], toViewer: [Buffer.from([1, 1])] });
  expect(stream.take(Buffer.from([1]))).toEqual({ toScreen: [], toViewer: [Buffer.alloc(4)] });
  expect(stream.isReady()).toBe(false);
  expect(stream.take(Buffer.from([0]))).toEqual({ toScreen: [Buffer.from([1])], toViewer: [] });
  expect(stream.isReady()).toBe(true);
});

test('the handshake may come in any pieces, with messages right behind it', () => {
  const all = Buffer.concat([hello, Buffer.from([1]), Buffer.from([1]), request, key]);
  for (let size = 1; size <= all.length; size++) {
    const stream = createViewerStream('view');
    const toScreen: Buffer[] = [];
    for (let at = 0; at < all.length; at += size) toScreen.push(...stream.take(all.subarray(at, at + size)).toScreen);
    expect(Buffer.concat(toScreen)).toEqual(Buffer.concat([Buffer.from([1]), request]));
  }
});

test('with control everything passes as it is', () => {
  const stream = createViewerStream('control');
  stream.take(Buffer.concat([hello, Buffer.from([1, 1])]));

  expect(stream.take(Buffer.from([99, 1, 2]))).toEqual({ toScreen: [Buffer.from([99, 1, 2])], toViewer: [] });
});

test.each([
  ['another version', Buffer.from('RFB 003.003\n')],
  ['HTTP', Buffer.from('GET / HTTP/1.1\r\n')],
  ['another security type', Buffer.concat([hello, Buffer.from([2])])],
])('a viewer that speaks %s is closed with 4400', (_, data) => {
  expect(createViewerStream('control').take(data)).toMatchObject({ toScreen: [], end: { code: 4400 } });
});

test('an unknown message of a watching viewer closes it with 4400', () => {
  const stream = createViewerStream('view');
  stream.take(Buffer.concat([hello, Buffer.from([1, 1])]));

  expect(stream.take(Buffer.from([99]))).toMatchObject({ toScreen: [], end: { code: 4400 } });
});
