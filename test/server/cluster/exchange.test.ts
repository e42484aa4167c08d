import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { expect, onTestFinished, test } from 'vitest';
import { exchange } from '../../../server/cluster/exchange.ts';

async function serve(listener: RequestListener): Promise<{ origin: string; path: string; method: 'GET' }> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, path: '/', method: 'GET' };
}

function agentWith(options: Agent.Options = {}): Agent {
  const agent = new Agent(options);
  onTestFinished(() => agent.destroy());
  return agent;
}

test('an answer in several pieces is one text, with letters that lie across them', async () => {
  const bytes = Buffer.from('größer');
  const request = await serve((_, response) => {
    response.writeHead(201, { warning: '299 - "old"' });
    response.write(bytes.subarray(0, 3), () => response.end(bytes.subarray(3)));
  });

  const answer = await exchange(agentWith(), request, { deadlineMs: 10_000 });

  expect(answer).toMatchObject({ status: 201, body: 'größer', headers: { warning: '299 - "old"' } });
});

test('a request that is called off while its connection is made ends at once and is never sent', async () => {
  let seen = 0;
  const request = await serve((_, response) => {
    seen++;
    response.end();
  });
  const asked = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  const real = buildConnector({});
  const agent = agentWith({
    connect: (options, callback) => {
      asked.resolve(undefined);
      void held.promise.then(() => real(options, callback));
    },
  });
  const stop = new AbortController();

  const running = exchange(agent, request, { signal: stop.signal, deadlineMs: 10_000 });
  await asked.promise;
  stop.abort(new Error('called off'));

  await expect(running).rejects.toThrow('called off');
  held.resolve(undefined);
  await exchange(agent, request, { deadlineMs: 10_000 });
  expect(seen).toBe(1);
});

test('one that was called off before is not sent at all', async () => {
  let seen = 0;
  const request = await serve((_, response) => {
    seen++;
    response.end();
  });
  const agent = agentWith();

  const running = exchange(agent, request, { signal: AbortSignal.abort(new Error('too late')), deadlineMs: 10_000 });

  await expect(running).rejects.toThrow('too late');
  await exchange(agent, request, { deadlineMs: 10_000 });
  expect(seen).toBe(1);
});

test('an answer that is called off in its middle ends with its connection', async () => {
  const stop = new AbortController();
  const closed = Promise.withResolvers<undefined>();
  const request = await serve((_, response) => {
    response.once('close', () => closed.resolve(undefined));
    response.write('half', () => stop.abort(new Error('called off')));
  });

  const running = exchange(agentWith(), request, { signal: stop.signal, deadlineMs: 10_000 });

  await expect(running).rejects.toThrow('called off');
  await closed.promise;
});

test('an answer that does not come is given up when the deadline is over', async () => {
  const request = await serve(() => undefined);

  await expect(exchange(agentWith(), request, { deadlineMs: 50 })).rejects.toMatchObject({ name: 'TimeoutError' });
});

test('a connection that is cut is the reason', async () => {
  const request = await serve((_, response) => response.destroy());

  await expect(exchange(agentWith(), request, { deadlineMs: 10_000 })).rejects.toMatchObject({
    code: 'UND_ERR_SOCKET',
  });
});
