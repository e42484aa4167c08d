import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Activity, Change } from '../../../server/http/schemas/answers.ts';
import type { ObservedUnit, RetainedVolumes } from '../../../server/reconcile/status/observed.ts';
import { systemClock } from '../../../server/lib/clock.ts';
import { rebuildDatabase } from '../../../server/services/commands/import.ts';
import { listJournal } from '../../../server/store/journal.ts';
import { openBeside } from '../../../server/store/open-beside.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { connectObserved, observedOf, observedUnit } from '../reconcile/observed-fixture.ts';
import { keepingLog, startTestServer, type TestServer } from '../running-server.ts';

const WAIT = { timeout: PATIENCE_MS, interval: 20 };

let data: string;
let server: TestServer;
let head = '';
let retained: readonly RetainedVolumes[] = [];
const newObserved = () => observedOf({ commit: () => head, retained: () => retained });
let observed = newObserved();

const start = (): Promise<TestServer> => startTestServer({ data, connectCluster: connectObserved(observed) });
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'claworc-results-'));
  observed = newObserved();
  retained = [];
  server = await start();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(data, { recursive: true, force: true });
});

const changes = async (query = ''): Promise<readonly Change[]> =>
  (await server.call('GET', `instances/bot-alpha/history${query}`)).body as unknown as readonly Change[];
const activity = async (): Promise<Activity> => (await server.call('GET', 'activity')).body as unknown as Activity;
const put = (memory_limit: string) => server.call('PUT', 'instances/bot-alpha', { memory_limit });
const told = (of: readonly Change[]): unknown =>
  of.map(({ state, result, detail }) => [state, result, detail].filter(Boolean).join(' '));
const rows = (name = 'bot-alpha'): readonly unknown[] => {
  using store = openBeside(join(data, 'claworc.db'));
  return store === null ? [] : listJournal(store.reader, name).map(({ event }) => event);
};
const newest = (): string => git(join(data, 'instances.git'), 'rev-parse', 'main').trim();

/** The cluster as it is seen after main's newest commit was tried. */
async function see(live: Partial<ObservedUnit>, events: readonly string[], name = 'bot-alpha'): Promise<void> {
  head = newest();
  observed.set(observedUnit(name, { commit: head, ...live }));
  await vi.waitFor(() => expect(rows(name).slice(0, events.length)).toEqual(events), WAIT);
}
const now = (): string => new Date().toISOString();
const well = (): Partial<ObservedUnit> => ({ sync: 'applied', appliedAt: now(), healthyAt: now() });

test('a bot’s history and the activity say of each change what became of it, also after a restart', async () => {
  await see(well(), ['healthy', 'applied']);
  await put('5Gi');
  // What is known of the cluster is about the commit before.
  expect((await changes())[0]).toMatchObject({ state: 'published', result: null, applied_at: null });
  await see({ sync: 'failed', reason: 'Deployment bot-alpha: over the quota' }, ['failed', 'healthy']);
  expect(told(await changes())).toEqual(['failed Deployment bot-alpha: over the quota', 'applied healthy']);
  await put('6Gi');
  await see({ ...well(), status: 'error', healthyAt: null, statusReason: 'Crash loop' }, [
    'unwell',
    'applied',
    'failed',
  ]);
  await put('7Gi');
  await see(well(), ['healthy', 'applied', 'unwell']);

  const result = [
    'applied healthy',
    'applied unwell Crash loop',
    'failed Deployment bot-alpha: over the quota',
    'applied healthy',
  ];
  const states = [
    ['applied', ''],
    ['failed', 'Crash loop'],
    ['failed', 'Deployment bot-alpha: over the quota'],
    ['applied', ''],
  ];
  const shown = async (): Promise<readonly unknown[]> =>
    (await activity()).filter(({ instances }) => instances.length > 0).map(({ state, detail }) => [state, detail]);
  expect(told(await changes())).toEqual(result);
  expect(await shown()).toEqual(states);
  const known = rows();

  const page = `?limit=2&after=${head}.2`;
  await server.call('POST', 'instances', { display_name: 'Bot Beta' });
  await server[Symbol.asyncDispose]();
  server = await start();
  // A reconciler that begins knows of one commit for all: the one that it read first.
  observed.set(observedUnit('bot-alpha', { ...observed.unit('bot-alpha'), commit: newest() }));
  await see(well(), ['healthy', 'applied'], 'bot-beta');
  expect(told(await changes())).toEqual(result);
  expect((await shown()).slice(1)).toEqual(states);
  expect(rows()).toEqual(known);
  expect(told(await changes(page))).toEqual(result.slice(2));
});

test('a bot that is removed is said to be leaving, then gone with what is left of it, and never healthy', async () => {
  await see(well(), ['healthy', 'applied']);
  await server.call('DELETE', 'instances/bot-alpha');
  const leaving = { data: 'retain', waitsFor: 'waits until pod x has ended', isStuck: false, objects: [] } as const;
  head = newest();
  observed.set(observedUnit('bot-alpha', { leaving, commit: head, status: 'running', healthyAt: now() }));
  await vi.waitFor(
    async () => expect(told(await changes())).toEqual([`published ${leaving.waitsFor}`, 'applied healthy']),
    WAIT,
  );
  expect((await changes())[0]).toMatchObject({ action: 'remove', healthy_at: null });

  retained = [{ instance: 'bot-alpha', volumes: ['bot-alpha-clawd'] }];
  await see({ sync: 'applied', wish: 'stopped', status: 'stopped' }, ['gone', 'healthy']);

  expect(told(await changes())).toEqual(['applied gone kept of it: bot-alpha-clawd', 'applied healthy']);
  expect((await changes())[0]).toMatchObject({ healthy_at: null, applied_at: expect.any(String) as string });
});

test('what lives is told of the newest change where nothing was written down, and no time is made up for older ones', async () => {
  await put('5Gi');
  const past = '2020-01-01T00:00:00Z';
  head = newest();
  await server[Symbol.asyncDispose]();
  await rm(join(data, 'claworc.db'), { force: true });
  observed.set(observedUnit('bot-alpha', { sync: 'applied', commit: head, appliedAt: past, healthyAt: past }));
  server = await start();

  await vi.waitFor(async () => expect(told(await changes())).toEqual(['applied healthy', 'applied']), WAIT);
  expect((await changes()).map(({ applied_at, result_at }) => [applied_at, result_at])).toEqual([
    [null, null],
    [null, null],
  ]);
});

test('activity is read in pages without a gap, the drafts on the first', async () => {
  for (const memory of ['5Gi', '6Gi', '7Gi']) await put(memory);
  await server.call('POST', 'proposals', { title: 'More' });
  const whole = (await activity()).map(({ id }) => id);
  const pages: string[] = [];
  for (let query: string | undefined = '?limit=2'; query !== undefined;) {
    const answer = await server.call('GET', `activity${query}`);
    pages.push(...(answer.body as unknown as Activity).map(({ id }) => id));
    query = /<(\?[^>]*)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
  }

  expect(pages).toEqual(whole);
  expect(new Set(pages).size).toBe(pages.length);
  expect((await server.call('GET', `activity?after=${'0'.repeat(40)}.1.5`)).body.code).toBe('stale');
});

test('after an import into an empty folder history, blame and what lives are told as before, and no time is made up', async () => {
  await server.call('PUT', 'instances/bot-alpha', { anthropic_api_key: 'sk-ant-canary-0123456789' });
  await see(well(), ['healthy', 'applied']);
  await put('5Gi');
  await see(well(), ['healthy', 'applied']);
  const blame = async (): Promise<unknown> => (await server.call('GET', 'instances/bot-alpha/blame')).body.fields;
  const words = async (): Promise<unknown> =>
    (await changes()).map(({ commit, message, author, action, files }) => [commit, message, author, action, files]);
  const before = { blame: await blame(), words: await words() };
  await server[Symbol.asyncDispose]();
  const old = data;
  data = await mkdtemp(join(tmpdir(), 'claworc-results-'));
  await rename(join(old, 'instances.git'), join(data, 'instances.git'));
  await rename(join(old, 'age-identity.txt'), join(data, 'age-identity.txt'));
  await rm(old, { recursive: true, force: true });

  await rebuildDatabase({ data, repo: join(data, 'instances.git'), clock: systemClock, log: keepingLog([]) });
  server = await start();

  expect({ blame: await blame(), words: await words() }).toEqual(before);
  expect(told(await changes())).toEqual(['applied healthy', 'applied', 'applied']);
  expect((await changes()).map(({ applied_at }) => applied_at === null)).toEqual([false, true, true]);
  expect((await activity()).filter(({ instances }) => instances.length > 0).map(({ state }) => state)).toEqual([
    'applied',
    'applied',
    'applied',
  ]);
});
