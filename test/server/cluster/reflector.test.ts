import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { startReflector, type ListStyle, type Reflector } from '../../../server/cluster/reflector.ts';
import { MANAGED_RESOURCES } from '../../../server/cluster/resources.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import {
  added,
  bookmark,
  deleted,
  failed,
  list,
  sendEvents,
  sendJson,
  startScripted,
  type ScriptedServer,
} from './scripted-server.ts';

const WAIT = { timeout: PATIENCE_MS };
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

interface Followed {
  readonly reflector: Reflector;
  /** `list 5: a b`, `back 5: a`, `put a`, `remove a`, `trouble throttled`. */
  readonly told: string[];
}

function follow({ api }: ScriptedServer, options: { style?: ListStyle; listMs?: number } = {}): Followed {
  const told: string[] = [];
  const reflector = startReflector({
    api,
    resource: MANAGED_RESOURCES.ConfigMap,
    namespace: 'claworc',
    log: silentLog,
    random: () => 0,
    onList: (items, wentBack) =>
      told.push(`${wentBack ? 'back' : 'list'}: ${items.map(({ metadata }) => metadata.name).join(' ')}`),
    onPut: ({ metadata }) => told.push(`put ${metadata.name}`),
    onRemove: ({ metadata }) => told.push(`remove ${metadata.name}`),
    onState: (failure) => failure !== null && told.push(`trouble ${failure.type}`),
    ...options,
  });
  ends.push(() => reflector.stop());
  return { reflector, told };
}

async function scripted(answer: Parameters<typeof startScripted>[0]): Promise<ScriptedServer> {
  const server = await startScripted(answer, { random: () => 0 });
  ends.push(() => server[Symbol.asyncDispose]());
  return server;
}

const isStream = (query: URLSearchParams): boolean => query.get('sendInitialEvents') === 'true';
const isWatch = (query: URLSearchParams): boolean => query.get('watch') === 'true';

describe('a reflector', () => {
  test('reads what is there and follows it in one request, where the server can', async () => {
    const server = await scripted((_, response) =>
      sendEvents(response, added('a', '3'), added('b', '5'), bookmark('7', true), deleted('a', '8'), added('c', '9')),
    );
    const { told, reflector } = follow(server);
    await vi.waitFor(() => expect(told).toEqual(['list: a b', 'remove a', 'put c']), WAIT);
    expect(reflector.isSynced()).toBe(true);
    expect(server.queries).toHaveLength(1);
    expect(server.queries[0]?.get('resourceVersionMatch')).toBe('NotOlderThan');
    expect(server.queries[0]?.has('resourceVersion')).toBe(false);
  });

  test('takes the last of what is told of an object while it reads, and leaves out what was removed meanwhile', async () => {
    const server = await scripted((_, response) =>
      sendEvents(response, added('a', '3'), added('b', '4'), added('a', '5'), deleted('b', '6'), bookmark('6', true)),
    );
    const { told } = follow(server);
    await vi.waitFor(() => expect(told).toEqual(['list: a']), WAIT);
  });

  test('is not synced, and tells nothing, before the end of the list', async () => {
    const open: ServerResponse[] = [];
    const server = await scripted((_, response) => {
      open.push(response);
      sendEvents(response, added('a', '3'));
    });
    const { told, reflector } = follow(server);
    await vi.waitFor(() => expect(open).toHaveLength(1), WAIT);
    expect(reflector.isSynced()).toBe(false);
    expect(told).toEqual([]);
    for (const response of open) sendEvents(response, bookmark('4', true));
    await vi.waitFor(() => expect(told).toEqual(['list: a']), WAIT);
  });

  test('reads pages where the server refuses to begin a watch with a list, and others of the session do not ask again', async () => {
    const forbidden =
      'sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled';
    const server = await scripted((query, response) => {
      if (isStream(query)) sendJson(response, 422, failed(422, 'Invalid', forbidden));
      else if (isWatch(query)) sendEvents(response, added('b', '6'));
      else sendJson(response, 200, list('5', 'a'));
    });
    const style = { streams: true };
    const { told } = follow(server, { style });
    await vi.waitFor(() => expect(told).toEqual(['list: a', 'put b']), WAIT);
    const other = follow(server, { style });
    await vi.waitFor(() => expect(other.told).toEqual(['list: a', 'put b']), WAIT);
    expect(server.queries.map((query) => [isStream(query), isWatch(query)])).toEqual([
      [true, true],
      [false, false],
      [false, true],
      [false, false],
      [false, true],
    ]);
  });

  test('reads pages where a server takes the question and never comes to the end of the list', async () => {
    const server = await scripted((query, response) => {
      if (isStream(query)) sendEvents(response, added('a', '3'));
      else if (isWatch(query)) sendEvents(response);
      else sendJson(response, 200, list('5', 'a', 'b'));
    });
    const { told } = follow(server, { listMs: 50 });
    await vi.waitFor(() => expect(told).toEqual(['list: a b']), WAIT);
  });

  test('goes on after the time limit of a watch without another list', async () => {
    const server = await scripted((_, response, number) => {
      if (number === 1) {
        sendEvents(response, added('a', '3'), bookmark('4', true), bookmark('9'));
        response.end();
      } else sendEvents(response, added('b', '10'));
    });
    const { told } = follow(server);
    await vi.waitFor(() => expect(told).toEqual(['list: a', 'put b']), WAIT);
    expect(server.queries[1]?.get('resourceVersion')).toBe('9');
    expect(isStream(server.queries[1] ?? new URLSearchParams())).toBe(false);
  });

  test('asks for a list that is not older than what it saw when its place in history is gone, in pages', async () => {
    const gone = { type: 'ERROR', object: failed(410, 'Expired', 'too old resource version') };
    let lists = 0;
    const server = await scripted((query, response) => {
      if (isWatch(query)) {
        if (lists === 1) sendEvents(response, added('b', '6'), gone);
        else sendEvents(response);
      } else sendJson(response, 200, ++lists === 1 ? list('5', 'a') : list('8', 'b'));
    });
    const { told } = follow(server, { style: { streams: false } });
    await vi.waitFor(() => expect(told).toEqual(['list: a', 'put b', 'list: b']), WAIT);
    const [first, , second] = server.queries;
    expect(first?.has('resourceVersionMatch')).toBe(false);
    expect([second?.get('resourceVersion'), second?.get('resourceVersionMatch')]).toEqual(['6', 'NotOlderThan']);
  });

  test('reads everything anew when the history of the server went back, and says so', async () => {
    const server = await scripted((_, response, number) => {
      if (number === 1) {
        // The server is stopped properly: its watches end as if their time had come.
        sendEvents(response, added('a', '3'), added('b', '90'), bookmark('100', true));
        response.end();
      } else if (number === 2) sendEvents(response, bookmark('60'));
      else sendEvents(response, added('a', '3'), bookmark('60', true), added('c', '61'));
    });
    const { told } = follow(server);
    await vi.waitFor(() => expect(told).toEqual(['list: a b', 'back: a', 'put c']), WAIT);
    expect(server.queries.map(isStream)).toEqual([true, false, true]);
  });

  test('waits as long as a server says that refuses a watch for load', async () => {
    const times: number[] = [];
    const server = await scripted((_, response, number) => {
      times.push(performance.now());
      if (number === 1) sendJson(response, 429, failed(429, 'TooManyRequests', 'slow down'), { 'retry-after': '1' });
      else sendEvents(response, bookmark('4', true));
    });
    const { told } = follow(server);
    await vi.waitFor(() => expect(told).toEqual(['trouble throttled', 'list: ']), WAIT);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1_000);
  });

  test('lists again after a page that came too late, and after a body that is no list', async () => {
    const server = await scripted((query, response, number) => {
      if (isWatch(query)) sendEvents(response);
      else if (number === 1)
        sendJson(response, 200, { ...list('5', 'a'), metadata: { resourceVersion: '5', continue: 'next' } });
      else if (number === 2) sendJson(response, 410, failed(410, 'Expired', 'the continue token is too old'));
      else if (number === 3) response.end('<html>a proxy</html>');
      else sendJson(response, 200, list('9', 'a', 'b'));
    });
    const { told } = follow(server, { style: { streams: false } });
    await vi.waitFor(() => expect(told).toEqual(['trouble expired', 'trouble server', 'list: a b']), WAIT);
  });
});
