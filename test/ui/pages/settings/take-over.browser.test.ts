import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from '../../../server/running-server.ts';
import { openBrowser, openPage, startDashboard } from '../../browser.ts';

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

test('the volumes that a deleted bot left can be taken over in the form, by a person who says so', async ({ skip }) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const deleted = await fetch(`${server.address}/api/v1/instances/bot-alpha?data=retain`, { method: 'DELETE' });
  expect(deleted.ok).toBe(true);
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/new');
  await page.getByLabel('Display name').fill('Bot Alpha');
  const takeOver = page.getByRole('checkbox', { name: /Take over the volumes that were kept/ });
  await takeOver.waitFor();
  await page.getByText('were kept. Take them over, or choose another name.').first().waitFor();
  expect(await page.getByText('reuse_volumes').count()).toBe(0);
  expect(await page.getByText('The name is free.').count()).toBe(0);

  await takeOver.check();
  await page.getByText('with the volumes that were kept').waitFor();
  await page.getByRole('button', { name: 'Commit and create' }).click();
  await page.waitForURL('**/instances/bot-alpha');
  expect(faults).toEqual([]);
  await page.context().close();
});
