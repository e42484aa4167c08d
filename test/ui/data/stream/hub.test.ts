import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { StreamHub, type HubPort } from '../../../../ui/src/data/stream/hub.ts';
import { HubLogs } from '../../../../ui/src/data/stream/hub-logs.ts';
import { GONE_MS, type FromHub } from '../../../../ui/src/data/stream/messages.ts';
import { startTestServer, type TestServer } from '../../../server/running-server.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });

/** A page's end: what it was told, in order. */
function page(): { readonly port: HubPort; readonly told: FromHub[]; readonly types: () => string[] } {
  const told: FromHub[] = [];
  const types = () => told.map((message) => (message.type === 'event' ? message.name : message.type));
  return { port: { post: (message) => told.push(message) }, told, types };
}

describe('the hub of a browser', () => {
  let server: TestServer;
  let streams = 0;
  let ended: AbortController;
  beforeAll(async () => {
    server = await startTestServer();
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    server.running.server.on('request', ({ url }) => (streams += url === '/api/v1/events' ? 1 : 0));
  });
  afterAll(async () => server[Symbol.asyncDispose]());
  beforeEach(() => {
    streams = 0;
    ended = new AbortController();
    return () => ended.abort();
  });

  function startHub(surroundings: Partial<ConstructorParameters<typeof StreamHub>[0]> = {}): StreamHub {
    const hub = new StreamHub({ isShared: true, ...surroundings });
    hub.start(ended.signal);
    return hub;
  }
  const join = (hub: StreamHub, port: HubPort): void => hub.receive(port, { type: 'join', base: `${server.address}/` });

  test('gives a page that comes later the whole fleet at once, over no further stream', async () => {
    const hub = startHub();
    const [first, second] = [page(), page()];
    join(hub, first.port);
    await until(() => expect(first.types()).toContain('current'));

    join(hub, second.port);

    expect(second.types()).toEqual(['snapshot', 'link', 'current']);
    expect(second.told[0]).toMatchObject({ payload: { instances: [{ name: 'bot-alpha' }], first: true, more: false } });
    await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
    for (const { types } of [first, second]) await until(() => expect(types()).toContain('instance'));
    expect(streams).toBe(1);
  });

  test('says when the stream breaks, comes back by itself and tells what was missed, not the fleet again', async () => {
    const hub = startHub();
    const { port, told, types } = page();
    join(hub, port);
    await until(() => expect(types()).toContain('current'));
    told.length = 0;

    server.running.server.closeAllConnections();
    await until(() =>
      expect(told).toContainEqual(
        expect.objectContaining({ link: expect.objectContaining({ state: 'gone' }) as object }),
      ),
    );
    await server.call('PUT', 'instances/bot-alpha', { memory_limit: '7Gi' });

    await until(() => expect(types()).toContain('current'));
    await until(() => expect(types()).toContain('instance'));
    expect(types()).not.toContain('snapshot');
    expect(told.findLast(({ type }) => type === 'link')).toMatchObject({ link: { state: 'live' } });
  });

  test('forgets a page whose lock the browser freed, and the stream with the last one', async () => {
    let free = (): void => undefined;
    const hub = startHub({ lockFreed: () => new Promise((resolve) => (free = resolve)) });
    const { port, types } = page();
    join(hub, port);
    hub.receive(port, { type: 'lock', name: 'x' });
    await until(() => expect(types()).toContain('current'));
    const closed = new Promise((resolve) => server.running.server.once('request', resolve));

    free();
    await Promise.resolve();
    await Promise.resolve();
    hub.receive(port, { type: 'alive' });

    expect(types().at(-1)).toBe('unknown');
    join(hub, port);
    await closed;
    expect(streams).toBe(2);
  });

  test('forgets a page that was silent for long, which joins again when it wakes', () => {
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
    try {
      const hub = startHub();
      const { port, types } = page();
      join(hub, port);

      vi.advanceTimersByTime(GONE_MS - 1_000);
      hub.receive(port, { type: 'alive' });
      vi.advanceTimersByTime(GONE_MS - 1_000);
      hub.receive(port, { type: 'alive' });
      expect(types().filter((type) => type !== 'link')).toEqual(['here', 'here']);
      vi.advanceTimersByTime(GONE_MS + 2_000);
      hub.receive(port, { type: 'alive' });

      expect(types().at(-1)).toBe('unknown');
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('the logs of all pages', () => {
  const line = (key: string, text: string) => ({ key, at: '2026-11-01T00:00:00Z', text });
  function logs() {
    const told: (readonly [page: string, message: FromHub])[] = [];
    return { logs: new HubLogs<string>((port, message) => told.push([port, message])), told };
  }

  test('go to the page that asked, those of one piece of the stream together', async () => {
    const { logs: all, told } = logs();
    all.add('one', 1, 'bot-a', 100);
    all.add('two', 1, 'bot-a', 100);
    const [first, second] = all.wanted().map(({ key }) => key);
    expect(first).not.toBe(second);

    all.takeLine(line(first!, 'a'));
    all.takeLine(line(second!, 'b'));
    all.takeLine(line(first!, 'c'));
    all.takeLine(line('stranger', 'd'));
    await Promise.resolve();

    expect(told).toMatchObject([
      ['one', { key: 1, lines: [{ text: 'a' }, { text: 'c' }] }],
      ['two', { key: 1, lines: [{ text: 'b' }] }],
    ]);
  });

  test('are asked for again on the next stream with more of the past, but not those that have ended', () => {
    const { logs: all, told } = logs();
    for (const [key, instance] of ['bot-a', 'bot-b', 'bot-c'].entries()) all.add('one', key, instance, 100);
    const [a, b] = all.wanted().map(({ key }) => key);

    all.takeState({ key: a!, state: 'following' });
    all.takeState({ key: b!, state: 'ended', reason: 'The log ends here.' });

    expect(all.wanted().map(({ instance, tail }) => [instance, tail])).toEqual([
      ['bot-a', 1_000],
      ['bot-c', 100],
    ]);
    expect(told.at(-1)).toEqual([
      'one',
      { type: 'log', key: 1, news: { state: 'ended', reason: 'The log ends here.' } },
    ]);
  });

  test('of a page that is gone are not carried any more', () => {
    const { logs: all } = logs();
    all.add('one', 1, 'bot-a', 100);
    all.add('two', 1, 'bot-b', 100);

    expect([all.removeAll('one'), all.removeAll('one')]).toEqual([true, false]);
    expect(all.wanted().map(({ instance }) => instance)).toEqual(['bot-b']);
  });
});
