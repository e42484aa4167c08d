import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { ensureUiBuilt } from '../../server/cli/build-ui.ts';
import { clusterConnector } from '../../server/services/cluster/connect.ts';
import { clusterTest as test } from '../control-plane/cluster-test.ts';
import { appendLog } from '../control-plane/logs.ts';
import { startTestServer, type TestServer } from '../server/running-server.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { openBrowser, openPage } from './browser.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };
const ROOT = resolve(import.meta.dirname, '../..');

/** What the server sees of event streams. */
interface Streams {
  open: number;
  /** Words about which logs a stream carries. */
  declared: number;
  /** Logs that have a connection of their own. */
  logs: number;
}

function countStreams(server: TestServer): Streams {
  const seen: Streams = { open: 0, declared: 0, logs: 0 };
  server.running.server.on('request', ({ method, url = '' }, answer) => {
    if (method === 'PUT' && /\/events\/.*\/logs$/.test(url)) seen.declared += 1;
    if (method === 'GET' && url.startsWith('/api/v1/instances/bot-alpha/logs')) seen.logs += 1;
    if (method !== 'GET' || url !== '/api/v1/events') return;
    seen.open += 1;
    answer.on('close', () => (seen.open -= 1));
  });
  return seen;
}

const LOG = '/instances/bot-alpha/logs';

test('eight pages of a browser, four of them with a log, are live over one stream', async ({
  cluster,
  namespace,
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    await using server = await startTestServer({
      ui: (await ensureUiBuilt(ROOT, () => undefined)).folder,
      connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
    });
    const seen = countStreams(server);
    await server.call('PUT', 'settings', { namespace });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await vi.waitFor(async () => {
      expect((await server.call('GET', 'instances/bot-alpha')).body.status).toBe('running');
    }, PATIENCE);
    await appendLog(cluster.logFile, ['before anybody looked']);

    const { page: first, faults } = await openPage(browser, server.address);
    const context = first.context();
    const more = Array.from({ length: 7 }, () => context.newPage());
    const pages = [first, ...(await Promise.all(more))];
    const logPages = pages.filter((_, index) => index % 2 === 1);
    for (const [index, page] of pages.entries()) {
      page.setDefaultTimeout(PATIENCE_MS);
      await page.goto(index % 2 === 1 ? LOG : '/');
      await page.getByText('Bot Alpha').first().waitFor();
    }
    for (const page of logPages) await page.getByText('before anybody looked').waitFor();
    expect([seen.open, seen.logs]).toEqual([1, 0]);

    // A line of the log, and an edit, reach every page.
    await appendLog(cluster.logFile, ['while everybody looks']);
    for (const page of logPages) await page.getByText('while everybody looks').waitFor();
    await server.call('PUT', 'instances/bot-alpha', { display_name: 'Bot Omega' });
    for (const page of pages) await page.getByText('Bot Omega').first().waitFor();
    expect([seen.open, seen.logs]).toEqual([1, 0]);

    // A page that is closed, and one that crashes, give back what they followed; the others go on.
    for (const leave of [(page: Page) => page.close(), crash]) {
      const page = logPages.pop()!;
      const before = seen.declared;
      await leave(page);
      await vi.waitFor(() => expect(seen.declared).toBeGreaterThan(before), PATIENCE);
    }
    await appendLog(cluster.logFile, ['with two pages less']);
    for (const page of logPages) await page.getByText('with two pages less').waitFor();
    expect([seen.open, faults]).toEqual([1, []]);

    // With the last page the stream ends.
    await context.close();
    await vi.waitFor(() => expect(seen.open).toBe(0), PATIENCE);
  } finally {
    await browser.close();
  }
});

test('without shared workers each page has one stream, which carries its log as well', async ({
  cluster,
  namespace,
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    await using server = await startTestServer({
      ui: (await ensureUiBuilt(ROOT, () => undefined)).folder,
      connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
    });
    const seen = countStreams(server);
    await server.call('PUT', 'settings', { namespace });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await vi.waitFor(async () => {
      expect((await server.call('GET', 'instances/bot-alpha')).body.status).toBe('running');
    }, PATIENCE);

    const { page, faults } = await openPage(browser, server.address);
    await page.context().addInitScript(() => Reflect.deleteProperty(globalThis, 'SharedWorker'));
    const other = await page.context().newPage();
    await page.goto(LOG);
    await other.goto('/');
    await other.getByText('Bot Alpha').first().waitFor();
    await appendLog(cluster.logFile, ['a line for one page']);
    await page.getByText('a line for one page').waitFor();

    // The log of a stopped bot is over, in words; started again it goes on by itself.
    await server.call('POST', 'instances/bot-alpha/stop');
    await page.getByText('Stopped', { exact: true }).first().waitFor();
    await page.reload();
    await page.getByText('bot-alpha is stopped: start it first.').first().waitFor();
    await server.call('POST', 'instances/bot-alpha/start');
    await page.getByText('Following, live').waitFor();
    await appendLog(cluster.logFile, ['a line after the start']);
    await page.getByText('a line after the start').waitFor();

    expect([seen.open, seen.logs, faults]).toEqual([2, 0, []]);
  } finally {
    await browser.close();
  }
});

/** The navigation never answers. */
async function crash(page: Page): Promise<void> {
  const crashed = page.waitForEvent('crash');
  void page.goto('chrome://crash').catch(() => undefined);
  await crashed;
}
