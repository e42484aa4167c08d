import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { newRecord } from '../../../constructs/new-documents.ts';
import { getFleet } from '../../../server/store/fleet.ts';
import { putInstance, removeInstance } from '../../../server/store/instances.ts';
import type { EventPayloads } from '../../../server/http/schemas/answers.ts';
import { startTestServer, type TestServer } from '../running-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

/** Generous: the machine may be busy. */
const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: PATIENCE_MS, interval: 20 });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterAll(async () => server[Symbol.asyncDispose]());

interface Received {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: unknown;
}

/** An open `GET /events` and what it has received so far. */
async function follow(headers: Record<string, string> = {}): Promise<{
  text: () => string;
  events: () => Received[];
  ended: Promise<void>;
  close: () => void;
}> {
  const stop = new AbortController();
  const response = await fetch(`${server.address}/api/v1/events`, { signal: stop.signal, headers });
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('content-encoding')).toBeNull();
  expect(response.headers.get('cache-control')).toContain('no-transform');
  let text = '';
  const ended = (async () => {
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) text += chunk;
  })().catch(() => undefined);
  const events = (): Received[] =>
    text
      .split('\n\n')
      .slice(0, -1)
      .flatMap((frame) => {
        const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
        const event = field('event');
        return event === undefined ? [] : [{ id: field('id'), event, data: JSON.parse(field('data')!) as unknown }];
      });
  return { text: () => text, events, ended, close: () => stop.abort() };
}

const named = <Name extends keyof EventPayloads>(events: Received[], name: Name): EventPayloads[Name][] =>
  events.flatMap(({ event, data }) => (event === name ? [data as EventPayloads[Name]] : []));

describe('GET /events', () => {
  test('begins with a retry time, its own name and the whole fleet', async () => {
    const stream = await follow();
    await until(() => expect(stream.events().map(({ event }) => event)).toEqual(['stream', 'snapshot']));
    expect(named(stream.events(), 'stream')).toMatchObject([{ build: null, resumed: false }]);
    expect(stream.text()).toMatch(/^retry: \d+\n\n/);
    const [snapshot] = named(stream.events(), 'snapshot');
    expect(snapshot?.instances).toEqual([(await server.call('GET', 'instances/bot-alpha')).body]);
    expect(snapshot?.fleet).toEqual((await server.call('GET', 'fleet')).body);
    stream.close();
  });

  test('sends a large fleet in pages, each bot once', async () => {
    const names = Array.from({ length: 230 }, (_, index) => `bot-many-${index}`);
    const { store } = server.running.context;
    const fleet = getFleet(store.reader)!.record;
    const at = '2026-11-22T10:00:00Z';
    store.transact((tx) => {
      for (const name of names) {
        const record = newRecord({ name, displayName: name }, fleet);
        putInstance(tx, { name, record, commit: '1'.repeat(40), createdAt: at, updatedAt: at });
      }
    });

    const stream = await follow();
    await until(() => expect(named(stream.events(), 'snapshot').at(-1)?.more).toBe(false));
    stream.close();
    store.transact((tx) => names.forEach((name) => removeInstance(tx, name)));

    const pages = named(stream.events(), 'snapshot');
    expect(pages.map(({ first }) => first)).toEqual([true, false, false]);
    expect(pages.flatMap(({ instances }) => instances.map(({ name }) => name))).toEqual(['bot-alpha', ...names]);
  });

  test('tells everybody of each change with rising ids, once, and of a bot that left', async () => {
    const streams = await Promise.all([follow(), follow(), follow()]);
    await server.call('POST', 'instances', { display_name: 'Bot Beta' });
    for (const stream of streams) {
      await until(() =>
        expect(named(stream.events(), 'instance').at(-1)).toMatchObject({ name: 'bot-beta', sync: 'published' }),
      );
      await until(() => expect(named(stream.events(), 'fleet').at(-1)).toMatchObject({ total: 2, drafts: 0 }));
    }
    await server.call('DELETE', 'instances/bot-beta');
    for (const stream of streams) {
      await until(() => expect(named(stream.events(), 'instance_removed')).toEqual([{ name: 'bot-beta' }]));
      await until(() => expect(named(stream.events(), 'activity').length).toBeGreaterThanOrEqual(2));
      const ids = stream.events().flatMap(({ id }) => (id === undefined ? [] : [Number(id.split('-')[1])]));
      expect(ids.length).toBeGreaterThan(2);
      expect(ids).toEqual([...ids].sort((a, b) => a - b));
      const told = named(stream.events(), 'instance').map((instance) => JSON.stringify(instance));
      expect(new Set(told).size).toBe(told.length);
      stream.close();
    }
  });

  test('gives a client that comes back what it missed, and the whole fleet where that is not known', async () => {
    const before = await follow();
    await until(() => expect(named(before.events(), 'snapshot').at(-1)?.more).toBe(false));
    before.close();
    const seen = before.events().at(-1)?.id ?? '';
    await server.call('PUT', 'instances/bot-alpha', { memory_limit: '7Gi' });

    const resumed = await follow({ 'last-event-id': seen });
    await until(() => expect(named(resumed.events(), 'stream')).toMatchObject([{ resumed: true }]));
    await until(() => expect(named(resumed.events(), 'instance').at(-1)).toMatchObject({ memory_limit: '7Gi' }));
    expect(named(resumed.events(), 'snapshot')).toEqual([]);
    resumed.close();

    for (const stranger of ['7', 'other-7', `${seen.split('-')[0]}-999999`, `${seen}x`, '']) {
      const anew = await follow({ 'last-event-id': stranger });
      await until(() => expect(named(anew.events(), 'snapshot')).toHaveLength(1));
      expect([stranger, named(anew.events(), 'stream')[0]?.resumed]).toEqual([stranger, false]);
      anew.close();
    }
  });

  test('says of a log that it is told to carry why there is none; only a stream that is open carries any', async () => {
    const stream = await follow();
    await until(() => expect(named(stream.events(), 'stream')).toHaveLength(1));
    const [{ id } = { id: '' }] = named(stream.events(), 'stream');
    const carry = (to: string, logs: unknown) => server.call('PUT', `events/${to}/logs`, { logs });

    expect((await carry(id, [{ key: 'a', instance: 'bot-alpha', tail: 5 }])).status).toBe(200);
    await until(() =>
      expect(named(stream.events(), 'log_state')).toEqual([
        { key: 'a', state: 'ended', reason: expect.stringContaining('--kubeconfig') as string },
      ]),
    );
    expect((await carry('nobody', [])).status).toBe(404);
    expect((await carry(id, [{ key: 'a', instance: 'bot-alpha' }])).body.field).toContain('tail');
    stream.close();
    await until(async () => expect((await carry(id, [])).status).toBe(404));
  });

  test('tells of a change that somebody pushed, which then has its rendering on main', async () => {
    const stream = await follow();
    const work = await mkdtemp(join(tmpdir(), 'claworc-push-'));
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=Eva', '-c', 'user.email=eva@example.com', '-C', work, ...args], {
        encoding: 'utf8',
      });
    execFileSync('git', ['clone', '-q', join(server.data, 'instances.git'), work]);
    const record = join(work, 'instances/bot-alpha.yaml');
    await writeFile(
      record,
      (await readFile(record, 'utf8')).replace(
        'displayName: Bot Alpha',
        'displayName: Bot Alpha of Eva\n  image: ghcr.io/acme/bot:7',
      ),
    );
    git('commit', '-qam', 'Another image for Bot Alpha');
    git('push', '-q', 'origin', 'HEAD:main');

    await until(() => {
      expect(named(stream.events(), 'instance').at(-1)).toMatchObject({
        display_name: 'Bot Alpha of Eva',
        image: 'ghcr.io/acme/bot:7',
        sync: 'published',
      });
    });
    await until(async () => {
      const [followUp, push] = (await server.call('GET', 'instances/bot-alpha/history')).body as unknown as {
        author: string;
        files: { path: string }[];
      }[];
      expect(push).toMatchObject({ author: 'Eva', message: 'Another image for Bot Alpha' });
      expect(followUp?.files.map(({ path }) => path)).toEqual(['dist/bot-alpha/deployment.yaml']);
    });
    const activity = (await server.call('GET', 'activity')).body as unknown as object[];
    expect(activity).toContainEqual(
      expect.objectContaining({ actor: 'Eva', message: 'Another image for Bot Alpha', instances: ['bot-alpha'] }),
    );
    stream.close();
    await rm(work, { recursive: true, force: true });
  });

  test('drops a client that does not read, and goes on for the others', async () => {
    const lazy = connect(Number(new URL(server.address).port), '127.0.0.1');
    lazy.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${new URL(server.address).host}\r\n\r\n`);
    lazy.on('error', () => undefined);
    await new Promise((resolve) => lazy.once('data', resolve));
    lazy.pause();
    const { bus } = server.running.context;
    const connections = (): Promise<number> =>
      promisify(server.running.server.getConnections.bind(server.running.server))();
    const payload = (await server.call('GET', 'instances/bot-alpha')).body as EventPayloads['instance'];
    const stream = await follow();
    const before = await connections();

    // As many as it takes: the kernel's buffers come first.
    for (let sent = 0; (await connections()) >= before && sent < 200_000; sent += 500) {
      for (let count = 0; count < 500; count++) bus.publish({ name: 'instance', payload });
      await until(() => expect(stream.text().length).toBeGreaterThan(sent * 900));
    }

    expect(await connections()).toBe(before - 1);
    await server.call('POST', 'instances/bot-alpha/stop');
    await until(() => expect(stream.text()).toContain('"status":"stopped"'));
    stream.close();
    lazy.destroy();
  });

  test('ends when the server stops, which does not wait for its clients', async () => {
    await using other = await startTestServer();
    const response = await fetch(`${other.address}/api/v1/events`);
    const reader = response.body!.getReader();
    await reader.read();

    const before = Date.now();
    await other.running.stop();
    expect(Date.now() - before).toBeLessThan(3_000);
    for (;;) if ((await reader.read()).done) break;
  });
});
