import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from '../server/running-server.ts';
import { openBrowser, openPage, startDashboard } from './browser.ts';

let browser: Browser | null;
let server: TestServer | undefined;
let commit = '';

beforeAll(async () => {
  browser = await openBrowser();
  if (browser === null) return;
  server = await startDashboard(true);
  const [first] = (await (await fetch(`${server.address}/api/v1/instances`)).json()) as { revision: string }[];
  commit = `/commits/${first?.revision ?? ''}`;
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

/** The page of a commit, as somebody opens it from a link, with a fleet that comes when `come` is called. */
async function openBeforeTheFleet(opened: Browser, address: string): Promise<{ page: Page; come: () => void }> {
  const { page } = await openPage(opened, address);
  const gate = Promise.withResolvers<undefined>();
  // A request of a shared worker can't be held from here, one of the page can.
  await page.addInitScript(() => Reflect.deleteProperty(window, 'SharedWorker'));
  await page.route('**/api/v1/events*', async (route) => {
    await gate.promise;
    await route.continue();
  });
  await page.goto(commit);
  return { page, come: () => gate.resolve(undefined) };
}

test('what is typed at once after Ctrl K belongs to the palette, on a page that was just opened', async ({ skip }) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const { page } = await openPage(browser, server.address);
  await page.goto(commit);
  await page.getByRole('button', { name: 'Search or run' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('my test');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/instances/bot-my-test-bot-3');
  await page.context().close();
});

test('a palette that was asked before the fleet came fills when it comes, and claims nothing before', async ({
  skip,
}) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const { page, come } = await openBeforeTheFleet(browser, server.address);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('my test');
  await page.getByText('The fleet has not come yet.').waitFor();
  expect(await page.getByText('Nothing is called').count()).toBe(0);

  come();
  await page.getByRole('option', { name: 'My Test Bot #3: overview' }).waitFor();
  expect(new URL(page.url()).pathname).toBe(commit);
  await page.context().close();
});

test('Enter before the fleet came opens what is found when it comes, and never runs an act unseen', async ({
  skip,
}) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const { page, come } = await openBeforeTheFleet(browser, server.address);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('my test');
  await page.keyboard.press('Enter');
  await page.getByText('Opens when the fleet has come.').waitFor();
  come();
  await page.waitForURL('**/instances/bot-my-test-bot-3');
  await page.context().close();

  const second = await openBeforeTheFleet(browser, server.address);
  await second.page.keyboard.press('Control+k');
  await second.page.keyboard.type('>stop');
  await second.page.keyboard.press('Enter');
  second.come();
  await second.page.getByRole('option', { name: /^Stop Bot Alpha/ }).waitFor();
  expect(await second.page.getByRole('combobox').inputValue()).toBe('>stop');
  await second.page.context().close();
});
