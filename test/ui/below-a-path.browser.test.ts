import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureUiBuilt } from '../../server/cli/build-ui.ts';
import { startTestServer } from '../server/running-server.ts';
import { startPrefixProxy } from '../support/prefix-proxy.ts';
import { openBrowser, openPage } from './browser.ts';

const ROOT = resolve(import.meta.dirname, '../..');
let browser: Browser | null;
beforeAll(async () => void (browser = await openBrowser()));
afterAll(async () => browser?.close());

test.each([
  ['hands paths on as they are', false],
  ['takes its path off', true],
])('behind a proxy that %s every page works, and nothing is asked for beside it', async (_how, strip) => {
  if (browser === null) return;
  await using proxy = await startPrefixProxy({ strip });
  await using server = await startTestServer({
    ui: (await ensureUiBuilt(ROOT, () => undefined)).folder,
    withExamples: true,
    publicUrl: proxy.address,
  });
  proxy.serve(server.address);
  const { page, faults } = await openPage(browser, proxy.address);
  const at = (path: string): string => `${proxy.address}${path}`;

  // A fleet that is told by the stream, and a bot that is made in the dialog.
  await page.goto(proxy.address);
  await page.getByRole('link', { name: 'New bot' }).click();
  await page.waitForURL(at('new'));
  await page.getByLabel('Display name').fill('Night desk');
  await page.getByText('valid', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Commit and create' }).click();
  await page.waitForURL(at('instances/bot-night-desk'));

  // Every tab by its link, and again by its address.
  for (const [tab, path, sign] of [
    ['Config', 'config', 'valid JSON'],
    ['Manifests', 'manifests', '8 objects'],
    ['Changes', 'changes', 'History'],
    ['Logs', 'logs', 'lines held'],
    ['Screens', 'screens', 'View only.'],
  ] as const) {
    await page.getByRole('link', { name: tab, exact: true }).first().click();
    await page.waitForURL(at(`instances/bot-night-desk/${path}`));
    await page.getByText(sign).first().waitFor();
    await page.reload();
    await page.getByText(sign).first().waitFor();
  }
  const [own] = await Promise.all([
    page.context().waitForEvent('page'),
    page.getByRole('link', { name: 'Chrome in own window' }).click(),
  ]);
  await own.waitForURL(at('instances/bot-night-desk/screens/chrome'));
  await own.getByText('View only.').waitFor();

  // The rest of the navigation, back and forward, and a commit.
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.waitForURL(at('settings'));
  await page.getByText('Global API keys').waitFor();
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await page.waitForURL(at('activity'));
  await page.goBack();
  await page.waitForURL(at('settings'));
  await page.goForward();
  await page.locator('a.commit').first().click();
  await page.waitForURL(at('commits/*'));
  await page.locator('cw-commit').waitFor();
  await page.getByRole('link', { name: 'Fleet', exact: true }).first().click();
  await page.waitForURL(proxy.address);
  await page
    .getByRole('button', { name: /^Needs attention|^Running|^Changing/ })
    .first()
    .waitFor();

  // What is written elsewhere is seen here, and the reference of the API is whole.
  await server.call('POST', 'instances', { display_name: 'Early desk' });
  await page.getByRole('link', { name: 'Early desk', exact: true }).waitFor();
  await page.goto(at('api'));
  await page.getByText('GET /api/v1/instances', { exact: true }).first().waitFor();
  await page.getByRole('link', { name: 'OpenClaw Orchestrator' }).click();
  await page.waitForURL(proxy.address);

  expect(faults).toEqual([]);
  await page.context().close();
});
