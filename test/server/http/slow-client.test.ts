import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { dropSlowReader, dropSlowSender } from '../../../server/http/slow-client.ts';

/** A server whose answer has no end; gives a client of it, and what tells that the answer was broken off. */
async function endless() {
  const server = createServer((_request, response) => {
    dropSlowReader(response, { everyMs: 100, least: 65_536 });
    const write = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536)));
    };
    response.on('drain', write);
    response.once('close', () => server.emit('broken off'));
    write();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { client, brokenOff: once(server, 'broken off') };
}

test('an answer that its client does not take is broken off: eight of them once kept everybody from cloning', async () => {
  const { client, brokenOff } = await endless();
  client.pause();

  await brokenOff;
});

test('an answer that its client takes goes on', async () => {
  const { client, brokenOff } = await endless();
  let isBroken = false;
  void brokenOff.then(() => (isBroken = true));
  const until = performance.now() + 600;

  await new Promise<void>((resolve) => {
    client.on('data', () => performance.now() > until && resolve());
  });

  expect(isBroken).toBe(false);
});

/** A server that reads a request to its end; gives a client that has sent a part of it, and how it ended there. */
async function reading() {
  const server = createServer((request, response) => {
    dropSlowSender(request, { everyMs: 300, least: 500 });
    request
      .on('error', () => undefined)
      .once('end', () => response.end('all of it'))
      .once('close', () => server.emit('ended', request.complete))
      .resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\n');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  return { client, ended: once(server, 'ended') };
}

test('a request that its client does not go on with is broken off: forty of them kept everybody from cloning', async () => {
  const { ended } = await reading();

  expect(await ended).toEqual([false]);
});

test('a request that comes in slowly, and comes, is read to its end', async () => {
  const { client, ended } = await reading();
  const sender = setInterval(() => client.write(Buffer.alloc(1_000)), 25);
  onTestFinished(() => clearInterval(sender));

  expect(await ended).toEqual([true]);
});
