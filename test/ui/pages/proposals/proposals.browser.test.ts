import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from '../../browser.ts';

let browser: Browser | null;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => browser?.close());

test('a proposal is found in the navigation, settled field by field where main moved, and merged from its page', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  const bare = join(server.data, 'instances.git');
  await server.call('POST', 'proposals', { title: 'More memory' });
  await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi', cpu_limit: '3' });
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });

  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/');
  await page.getByRole('link', { name: /^Proposals/ }).click();
  expect(await page.getByRole('link', { name: /^Proposals/ }).innerText()).toContain('1');
  await page.getByRole('link', { name: '#1 More memory' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('link', { name: '#1 More memory' }).click();
  const conflict = page.getByRole('region', { name: 'Conflict with main' });
  await conflict.waitFor();
  const merge = page.getByRole('button', { name: 'Merge into main' });
  expect(await merge.getAttribute('aria-disabled')).toBe('true');
  await page.getByText('1 field to settle before merging').waitFor();
  expect(await conflict.innerText()).toContain('6Gi');
  expect(await axeViolations(page)).toEqual([]);

  await conflict.getByRole('radio', { name: /Another value/ }).check();
  await conflict.getByRole('textbox', { name: /^Another value of bot-alpha/ }).fill('7Gi');
  expect(await axeViolations(page)).toEqual([]);
  await conflict.getByRole('button', { name: 'Use this value' }).click();
  await conflict.waitFor({ state: 'detached' });
  const changes = page.getByRole('region', { name: 'Changes', exact: true });
  await changes.getByRole('link', { name: 'bot-alpha' }).waitFor();
  await changes.getByRole('button', { name: 'Manifests' }).click();
  await changes.getByText('deployment.yaml').waitFor();
  const dark = await openPage(browser, server.address, { width: 360, theme: 'dark' });
  await dark.page.goto('/proposals/1');
  await dark.page.getByRole('button', { name: 'Merge into main' }).waitFor();
  expect(await axeViolations(dark.page)).toEqual([]);

  await merge.focus();
  await page.keyboard.press('Enter');
  await page.locator('.page__title').getByText('Merged').waitFor();
  expect(git(bare, 'show', 'main:instances/bot-alpha.yaml')).toContain('memory: 7Gi');
  await page.goto('/proposals?show=merged');
  await page.getByRole('link', { name: '#1 More memory' }).waitFor();
  expect([...faults, ...dark.faults]).toEqual([]);
});

test('a proposal is closed and opened again from its page', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  await server.call('POST', 'proposals', { title: 'More memory' });
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/proposals/1');
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Open again' }).click();
  await page.getByRole('button', { name: 'Merge into main' }).waitFor();
  expect(faults).toEqual([]);
});
