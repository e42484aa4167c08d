import { renameSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import type { TestServer } from '../../../server/running-server.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from '../../browser.ts';

let browser: Browser | null;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => browser?.close());

interface Remote {
  readonly bare: string;
  readonly server: TestServer;
}

async function startOnRemote(): Promise<Remote> {
  const bare = join(tempFolder(), 'team.git');
  git(tempFolder(), 'init', '-q', '--bare', '-b', 'main', bare);
  const remote = { url: bare, branch: 'main', access: {}, environment: {} };
  return { bare, server: await startDashboard(true, { remote, writeTimeoutMs: 2_000 }) };
}

const mainOf = (bare: string): string => git(bare, 'rev-parse', 'main').trim();

test('a remote that is away stands on every page with its next step, drafts say what they wait for, and it goes on by itself', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  const { bare, server } = await startOnRemote();
  await using _ = server;
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/settings');
  const panel = page.getByRole('region', { name: 'Main', exact: true });
  await panel.getByText('Followed').waitFor();
  expect(await panel.innerText()).toContain(bare);
  const banner = page.locator('cw-banner').getByRole('region', { name: 'Main' });
  expect(await banner.count()).toBe(0);

  renameSync(bare, `${bare}.away`);
  await panel.getByRole('button', { name: 'Ask the remote now' }).click();
  await banner.getByText('The remote has no such repository.').waitFor();
  await panel.getByText('for the remote: it has no such repository').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const { body } = await server.call('GET', 'health');
  expect(await banner.innerText()).toContain(String(body.git));

  const answer = await server.call('POST', 'instances', { display_name: 'Late' });
  expect(answer.status).toBe(202);
  await page.goto('/');
  await banner.getByRole('button', { name: 'Ask now' }).waitFor();
  const row = page.getByRole('row').filter({ hasText: 'Late' });
  await row.getByText('Waits for the remote: it has no such repository').waitFor();

  renameSync(`${bare}.away`, bare);
  await banner.getByRole('button', { name: 'Ask now' }).click();
  await banner.waitFor({ state: 'detached' });
  await row.getByText('Published').waitFor();
  expect(git(bare, 'log', '--format=%s', 'main')).toContain('Create bot-late');
  expect(faults).toEqual([]);
});

test('a rewritten main shows both heads side by side at every width and theme, and goes on from the new one once it is accepted', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  const { bare, server } = await startOnRemote();
  await using _ = server;
  const first = mainOf(bare);
  await server.call('POST', 'instances', { display_name: 'Second' });
  const ours = mainOf(bare);
  expect(ours).not.toBe(first);
  const checkout = tempFolder();
  git(checkout, 'clone', '-q', bare, '.');
  git(checkout, 'reset', '-q', '--hard', first);
  git(checkout, 'commit', '-q', '--allow-empty', '-m', 'Begin anew');
  git(checkout, 'push', '-q', '--force', 'origin', 'HEAD:main');
  const theirs = mainOf(bare);
  await server.call('POST', 'git/pull');

  const { page, faults } = await openPage(browser, server.address, { width: 360, theme: 'dark' });
  await page.goto('/activity');
  const link = page.getByRole('link', { name: 'See what to do' });
  await link.focus();
  await page.keyboard.press('Enter');
  const before = page.getByRole('region', { name: 'Published last' });
  const now = page.getByRole('region', { name: 'Main now' });
  await before.getByText('Grace').or(before.getByText('hans@laptop').first()).waitFor();
  expect(await before.innerText()).toContain(ours.slice(0, 7));
  expect(await before.innerText()).toContain('that the other has not');
  expect(await now.innerText()).toContain('Begin anew');
  expect(await axeViolations(page)).toEqual([]);
  const wide = await openPage(browser, server.address, { theme: 'light' });
  await wide.page.goto('/settings');
  await wide.page.getByRole('region', { name: 'Main now' }).waitFor();
  expect(await axeViolations(wide.page)).toEqual([]);

  await page.getByRole('button', { name: `Accept the new head ${theirs.slice(0, 7)}` }).click();
  await page.getByText('Followed').waitFor();
  expect(await now.count()).toBe(0);
  await wide.page.getByText('Followed').waitFor();
  expect(git(bare, 'merge-base', '--is-ancestor', theirs, 'main')).toBe('');
  expect([...faults, ...wide.faults]).toEqual([]);
});

test('a remote that lost its branch gets main back when a person says so', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  const { bare, server } = await startOnRemote();
  await using _ = server;
  const head = mainOf(bare);
  git(bare, 'update-ref', '-d', 'refs/heads/main');
  await server.call('POST', 'git/pull');

  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/settings');
  await page.getByText('The remote lost the branch of main.').first().waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Push main back' }).click();
  await page.getByText('Followed').waitFor();
  expect(mainOf(bare)).toBe(head);
  expect(faults).toEqual([]);
});
