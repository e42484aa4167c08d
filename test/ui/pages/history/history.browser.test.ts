import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from '../../browser.ts';

let browser: Browser | null;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => browser?.close());

test('two revisions of a bot are picked in its history and compared, in words, files and manifests', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi', cpu_limit: '3' });
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/instances/bot-alpha/changes');
  const picks = page.getByRole('checkbox', { name: /to compare$/ });
  await picks.first().check();
  await picks.last().check();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'Compare the two' }).click();

  const changes = page.getByRole('region', { name: 'Changes', exact: true });
  await changes.getByText('The bot restarts: limits.cpu 2 → 3').waitFor();
  await changes.getByRole('button', { name: 'Files', exact: true }).click();
  await changes.getByText('instances/bot-alpha.yaml').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('link', { name: 'The other way round' }).click();
  await page.getByText('not after the other').waitFor();
  const narrow = await openPage(browser, server.address, { width: 360, theme: 'dark' });
  await narrow.page.goto('/instances/bot-alpha/changes');
  await narrow.page
    .getByRole('checkbox', { name: /to compare$/ })
    .first()
    .waitFor();
  expect(await axeViolations(narrow.page)).toEqual([]);
  expect([...faults, ...narrow.faults]).toEqual([]);
});

test('a bot is restored from its history after a look at what it does, or proposed to be', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  const bare = join(server.data, 'instances.git');
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '8Gi' });
  const { page, faults } = await openPage(browser, server.address);
  const open = async (): Promise<void> => {
    await page.goto('/instances/bot-alpha/changes');
    await page
      .getByRole('button', { name: /^Change memory limit of/ })
      .last()
      .click();
    await page.getByRole('button', { name: 'Restore', exact: true }).click();
    await page.getByText('limits.memory 8Gi → 6Gi').waitFor();
  };

  await open();
  const dialog = page.locator('cw-restore');
  await dialog.getByText('What is in its volumes stays as it is now').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Propose instead' }).click();
  await page.locator('cw-propose').getByRole('button', { name: 'Propose' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(git(bare, 'branch', '--list', 'proposals/*')).toContain('proposals/restore-bot-alpha-to');
  expect(git(bare, 'show', 'main:instances/bot-alpha.yaml')).toContain('memory: 8Gi');

  await open();
  await dialog.getByRole('button', { name: 'Restore', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(git(bare, 'show', 'main:instances/bot-alpha.yaml')).toContain('memory: 6Gi');
  expect(git(bare, 'log', '-1', '--format=%s', 'main')).toMatch(/^Restore bot-alpha to [0-9a-f]{7}/);
  expect(faults).toEqual([]);
});

test('the overview says who set what, with the commit, and where the fleet did', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  await server.call('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
  const memory = git(join(server.data, 'instances.git'), 'rev-parse', 'main').trim();
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/instances/bot-alpha');
  const details = page.getByRole('region', { name: 'Details' });
  await details.getByRole('button', { name: 'Who set it' }).focus();
  await page.keyboard.press('Enter');

  await details
    .getByRole('link', { name: memory.slice(0, 7) })
    .nth(1)
    .waitFor();
  const row = details.locator('dd', { hasText: '6 GiB' }).first();
  expect(await row.innerText()).toContain('memory limit: hans@laptop');
  expect(await details.innerText()).toContain('in claworc.yaml');
  expect(await axeViolations(page)).toEqual([]);
  expect(faults).toEqual([]);
});

test('a bot that was deleted comes back from the history that its page still has', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  const bare = join(server.data, 'instances.git');
  await server.call('DELETE', 'instances/bot-alpha');
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/instances/bot-alpha');
  await page.getByText('This bot is not there').waitFor();
  const history = page.getByRole('region', { name: 'History' });
  await history.getByText('removed', { exact: true }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await history.getByRole('listitem').last().getByRole('button').first().click();
  await history.getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByText('It takes over what was kept of its volumes').waitFor();
  await page.locator('cw-restore').getByRole('button', { name: 'Restore', exact: true }).click();

  await page.getByRole('region', { name: 'Details' }).waitFor();
  expect(git(bare, 'ls-tree', '--name-only', 'main', 'instances/bot-alpha.yaml')).toContain('bot-alpha');
  expect(faults).toEqual([]);
});

test('older revisions are read when somebody asks for them', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  await using server = await startDashboard(true);
  const checkout = join(tempFolder(), 'checkout');
  git(server.data, 'clone', '--quiet', join(server.data, 'instances.git'), checkout);
  const record = join(checkout, 'instances/bot-alpha.yaml');
  const text = await readFile(record, 'utf8');
  for (let count = 1; count <= 51; count += 1) {
    await writeFile(record, `# ${count}\n${text}`);
    git(checkout, 'commit', '--quiet', '--all', '--message', `Note ${count}`);
  }
  git(checkout, 'push', '--quiet');
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/instances/bot-alpha/changes');
  await page.getByText('50 revisions, more behind them').waitFor();
  await page.getByRole('button', { name: 'Show older' }).click();
  await page.getByText('52 revisions', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Show older' }).waitFor({ state: 'detached' });
  expect(faults).toEqual([]);
});
