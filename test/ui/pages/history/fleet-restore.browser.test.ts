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

test('the fleet goes back to a revision, by keyboard alone, once the person says that its newer bots may go', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  const bare = join(server.data, 'instances.git');
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
  const to = git(bare, 'rev-parse', 'main').trim();
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi' });
  await server.call('POST', 'instances', { display_name: 'Bot Newer' });
  const { page, faults } = await openPage(browser, server.address);
  const press = async (key: string): Promise<void> => page.keyboard.press(key);

  await page.goto('/activity');
  await page.getByRole('link', { name: 'Restore the fleet' }).focus();
  await press('Enter');
  const revision = page.getByRole('radio', { name: /Change memory limit/ });
  await revision.last().focus();
  await press('Space');
  await page.waitForURL(`**/restore?to=${to}`);
  await page.getByText('limits.memory 8Gi → 6Gi').waitFor();
  await page.getByText('What is in the volumes stays as it is now').waitFor();
  expect(await axeViolations(page)).toEqual([]);

  const restore = page.getByRole('button', { name: 'Restore the fleet' });
  expect(await restore.getAttribute('aria-disabled')).toBe('true');
  await restore.click({ force: true });
  expect(git(bare, 'log', '-1', '--format=%s', 'main')).not.toMatch(/^Restore/);
  await page.getByRole('checkbox', { name: 'Remove bot-newer' }).focus();
  await press('Space');
  await restore.focus();
  await press('Enter');
  await page.waitForURL('**/activity');

  await page
    .getByText(`Restore the fleet to ${to.slice(0, 7)}`)
    .first()
    .waitFor();
  expect(git(bare, 'show', 'main:instances/bot-alpha.yaml')).toContain('memory: 6Gi');
  expect(git(bare, 'show', 'main:tombstones/bot-newer.yaml')).toContain('data: retain');
  expect(faults).toEqual([]);
});

test('a restore of the fleet is proposed instead, and nothing is done where main has it all', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  const bare = join(server.data, 'instances.git');
  const first = git(bare, 'rev-parse', 'main').trim();
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
  const { page, faults } = await openPage(browser, server.address, { width: 380, theme: 'dark' });

  await page.goto(`/commits/${first}`);
  await page.getByRole('link', { name: 'Restore the fleet' }).click();
  await page.getByText(/limits\.memory 6Gi → /).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Propose instead' }).click();
  await page.locator('cw-propose').getByRole('button', { name: 'Propose' }).click();
  await page.waitForURL('**/proposals');
  expect(git(bare, 'branch', '--list', 'proposals/*')).toContain('proposals/restore-the-fleet-to');
  expect(git(bare, 'show', 'main:instances/bot-alpha.yaml')).toContain('memory: 6Gi');

  await page.goto(`/restore?to=${git(bare, 'rev-parse', 'main').trim()}`);
  await page.getByText('there is nothing to restore').waitFor();
  expect(faults).toEqual([]);
});

test('two commits of the activity are picked and compared for the whole fleet', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi' });
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/activity');
  const picks = page.getByRole('checkbox', { name: /to compare$/ });
  await picks.first().check();
  await picks.nth(1).check();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Compare the two' }).click();

  await page.getByText('limits.memory 6Gi → 8Gi').waitFor();
  await page.getByRole('heading', { name: /^Fleet, / }).waitFor();
  expect(faults).toEqual([]);
});
