import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from '../server/running-server.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from './browser.ts';

/** Every route, with what shows that it is there. */
const ROUTES: readonly (readonly [path: string, sign: string])[] = [
  ['/', 'Bot Alpha'],
  ['/?show=attention', 'No bot is in this state.'],
  ['/new', 'What will be committed'],
  ['/instances/bot-alpha', 'Latest change'],
  ['/instances/bot-alpha?edit', 'Data volumes'],
  ['/instances/bot-alpha?keys', 'Another key'],
  ['/instances/bot-alpha/config', 'valid JSON'],
  ['/instances/bot-alpha/manifests', '8 objects'],
  ['/instances/bot-alpha/manifests?version=compare', '8 objects'],
  ['/instances/bot-alpha/changes', 'History'],
  ['/instances/bot-alpha/logs', 'lines held'],
  ['/instances/bot-alpha/screens', 'View only.'],
  ['/instances/bot-alpha/screens/chrome', 'View only.'],
  ['/settings', 'Global API keys'],
  ['/activity', 'Today'],
  ['/restore', 'as one new commit'],
  ['/instances/bot-nobody', 'This bot is not there'],
  ['/nowhere', 'No page has this address'],
];

let browser: Browser | null;
let server: TestServer | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  if (browser !== null) server = await startDashboard(true);
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

test.each(ROUTES)('%s is free of axe violations, faults and sideways scroll', async (path, sign) => {
  if (browser === null || server === undefined) return;
  const { page, faults } = await openPage(browser, server.address);
  await page.goto(path);
  await page.getByText(sign, { exact: false }).first().waitFor();

  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await axeViolations(page), colorScheme).toEqual([]);
  }
  for (const width of [360, 768, 1920]) {
    await page.setViewportSize({ width, height: 740 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  }
  expect(faults).toEqual([]);
  await page.context().close();
});

test('a theme that was chosen is there before the first paint, and stays', async ({ skip }) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const { page } = await openPage(browser, server.address, { theme: 'light' });
  await page.goto('/');
  const ground = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(await ground()).toBe('rgb(255, 255, 255)');

  await page.getByRole('button', { name: 'Theme: auto' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  expect(await ground()).toBe('rgb(16, 20, 23)');

  await page.reload({ waitUntil: 'domcontentloaded' });
  expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe('dark');
  await page.context().close();
});

test('keys move through the fleet, filter it, find in it and open a bot', async ({ skip }) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const { page } = await openPage(browser, server.address);
  await page.goto('/');
  await page.getByRole('link', { name: 'Bot Alpha', exact: true }).waitFor();

  await page.keyboard.press('/');
  await page.keyboard.type('whats');
  await expect.poll(() => new URL(page.url()).search).toBe('?q=whats');
  await page.keyboard.press('Escape');
  await expect.poll(() => new URL(page.url()).search).toBe('');

  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/instances/bot-production-whatsapp');
  // The keys of a bot's page are there with its tabs; its code is loaded when it is first opened.
  await page.getByRole('link', { name: 'Logs', exact: true }).waitFor();
  await page.keyboard.press('5');
  await page.waitForURL('**/logs');
  await page.goBack();
  await page.waitForURL('**/instances/bot-production-whatsapp');

  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search bots and commands' }).waitFor();
  await page.keyboard.type('my test');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/instances/bot-my-test-bot-3');
  await page.context().close();
});

test('without the server the fleet stays readable and says how old it is; it comes back by itself', async ({
  skip,
}) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  await using other = await startDashboard(true);
  const { page } = await openPage(browser, other.address);
  await page.goto('/');
  await page.getByRole('link', { name: 'Bot Alpha', exact: true }).waitFor();

  await other.running.stop();

  await page.getByText(/The server has not answered since/).waitFor();
  await page.getByText('Not live').waitFor();
  expect(await page.getByRole('link', { name: 'Bot Alpha', exact: true }).isVisible()).toBe(true);
  await page.context().close();
});
