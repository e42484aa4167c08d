import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import type { TestServer } from '../../../server/running-server.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from '../../browser.ts';

let browser: Browser | null = null;
let server: TestServer | undefined;
beforeAll(async () => {
  browser = await openBrowser();
  if (browser !== null) server = await startDashboard(true);
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

interface Form {
  readonly address: string;
  readonly fill: (page: Page) => Promise<void>;
  /** What a new proposal is called at first. */
  readonly title: RegExp;
  /** A file on the branch, and what stands in it; undefined: it is gone. */
  readonly file: string;
  readonly holds: string | undefined;
}

const menu = async (page: Page, bot: string, item: string): Promise<void> => {
  await page.getByRole('button', { name: `More actions for ${bot}` }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const instead = (page: Page): Promise<void> => page.getByRole('button', { name: 'Propose instead' }).click();

const FORMS: Readonly<Record<string, Form>> = {
  'a new bot': {
    address: 'new',
    fill: async (page) => {
      await page.getByLabel('Display name').fill('Only proposed');
      await instead(page);
    },
    title: /^Create (bot-only-proposed|Only proposed)$/,
    file: 'instances/bot-only-proposed.yaml',
    holds: 'Only proposed',
  },
  'fields of a bot': {
    address: 'instances/bot-alpha?edit',
    fill: async (page) => {
      await page.getByRole('textbox', { name: 'Memory limit' }).fill('7Gi');
      await page.getByText('Change memory limit of bot-alpha').waitFor();
      await instead(page);
    },
    title: /^Change memory limit of bot-alpha$/,
    file: 'instances/bot-alpha.yaml',
    holds: 'memory: 7Gi',
  },
  'keys of a bot': {
    address: 'instances/bot-alpha?keys',
    fill: async (page) => {
      await page.getByRole('button', { name: /Anthropic key$/ }).click();
      await page.getByLabel('New Anthropic key').fill('sk-ant-0123456789-abcdefgh-Wxyz');
      await instead(page);
    },
    title: /^Change keys of bot-alpha$/,
    file: 'secrets/bot-alpha/anthropic-api-key.yaml',
    holds: 'ENC[',
  },
  'a config': {
    address: 'instances/bot-alpha/config',
    fill: async (page) => {
      await page.locator('.cm-content').click();
      await page.keyboard.press('Control+A');
      await page.keyboard.insertText('{"proposed": true}');
      await page.getByRole('button', { name: 'Review change' }).click();
      await instead(page);
    },
    title: /^Change config of bot-alpha$/,
    file: 'instances/bot-alpha.yaml',
    holds: '"proposed": true',
  },
  settings: {
    address: 'settings',
    fill: async (page) => {
      await page.getByRole('textbox', { name: 'Memory limit' }).fill('9Gi');
      await page.getByText('What will be committed').waitFor();
      await instead(page);
    },
    title: /^Change default memory limit of the fleet$/,
    file: 'claworc.yaml',
    holds: 'memory: 9Gi',
  },
  'a deletion': {
    address: './',
    fill: async (page) => {
      await menu(page, 'Production WhatsApp', 'Delete');
      await instead(page);
    },
    title: /^Delete bot-production-whatsapp \(retain data\)$/,
    file: 'instances/bot-production-whatsapp.yaml',
    holds: undefined,
  },
  'a stop': {
    address: './',
    fill: (page) => menu(page, 'Bot Alpha', 'Propose to stop'),
    title: /^Stop bot-alpha$/,
    file: 'instances/bot-alpha.yaml',
    holds: 'state: stopped',
  },
};

test.for(Object.entries(FORMS))(
  'what was typed (%s) goes to a proposal that is named in its words, main stays, and nobody asks about it any more',
  async ([, form], { skip }) => {
    if (browser === null || server === undefined) return skip('no Chromium');
    const bare = join(server.data, 'instances.git');
    const main = git(bare, 'rev-parse', 'main');
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/activity');
    await page.getByText('Today').first().waitFor();
    await page.evaluate((to) => {
      const link = Object.assign(document.createElement('a'), { href: to });
      document.body.append(link);
      link.click();
      link.remove();
    }, form.address);
    await form.fill(page);

    const dialog = page.locator('cw-propose');
    const title = await dialog.getByLabel('Title').inputValue();
    expect(title).toMatch(form.title);
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByLabel('Title').press('Enter');

    const toast = page.getByRole('status', { name: 'Change' });
    const link = toast.getByRole('link', { name: title });
    await link.waitFor();
    expect(await page.locator('cw-dialog').count()).toBe(0);
    const number = /^#(\d+) /.exec(await link.innerText())?.[1] ?? '';
    const { branch } = ((await server.call('GET', `proposals/${number}`)).body as { proposal: { branch: string } })
      .proposal;
    expect(git(bare, 'rev-parse', 'main')).toBe(main);
    if (form.holds === undefined) expect(() => git(bare, 'show', `${branch}:${form.file}`)).toThrow();
    else expect(git(bare, 'show', `${branch}:${form.file}`)).toContain(form.holds);
    await link.click();
    await page.getByRole('button', { name: 'Merge into main' }).waitFor();
    expect(await page.locator('cw-leave').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  },
);

test('an edit is added to an open proposal, and a refusal is told where it was chosen, with what was typed kept', async ({
  skip,
}) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const opened = await server.call('POST', 'proposals', { title: 'More of everything' });
  const number = String(opened.body.number);
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/instances/bot-production-whatsapp?edit');
  await page.getByRole('textbox', { name: 'CPU limit' }).fill('3');
  await instead(page);
  const dialog = page.locator('cw-propose');
  await dialog.getByRole('radio', { name: /More of everything/ }).check();
  await server.call('POST', `proposals/${number}/close`);

  await dialog.getByRole('button', { name: 'Propose' }).click();
  await dialog.getByText(`Proposal ${number} is closed`).waitFor();
  await server.call('POST', `proposals/${number}/reopen`);
  await dialog.getByRole('button', { name: 'Propose' }).click();

  await page.getByRole('status', { name: 'Change' }).getByRole('link', { name: 'More of everything' }).waitFor();
  const { proposal } = (await server.call('GET', `proposals/${number}`)).body as { proposal: { bots: string[] } };
  expect(proposal.bots).toEqual(['bot-production-whatsapp']);
  expect(faults).toEqual([]);
});

test('what an open proposal changes already is shown with both values, and a person says which one holds', async ({
  skip,
}) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  await server.call('PUT', 'instances/bot-alpha?propose=Cores+for+it', { cpu_limit: '5' });
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/instances/bot-alpha?edit');
  await page.getByRole('textbox', { name: 'CPU limit' }).fill('6');
  await instead(page);
  const dialog = page.locator('cw-propose');
  await dialog.getByRole('radio', { name: /Cores for it/ }).check();
  const propose = dialog.getByRole('button', { name: 'Propose' });
  await propose.click();
  const both = dialog.getByRole('alert', { name: 'Changed there too' });
  await both.getByRole('group', { name: 'bot-alpha, cpu_limit' }).waitFor();
  expect(await propose.getAttribute('aria-disabled')).toBe('true');
  expect(await axeViolations(page)).toEqual([]);

  await both.getByRole('radio', { name: /6/ }).check();
  await propose.click();

  await page.getByRole('status', { name: 'Change' }).getByRole('link', { name: 'Cores for it' }).waitFor();
  const bare = join(server.data, 'instances.git');
  expect(git(bare, 'show', 'proposals/cores-for-it:instances/bot-alpha.yaml')).toContain('cpu: "6"');
  expect(faults).toEqual([]);
});

test('a config and a deletion that meet an open proposal are settled there too, and a refused edit leaves no proposal', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  await using own = await startDashboard(true);
  const etag = (await own.call('GET', 'instances/bot-alpha')).headers.get('etag') ?? '';
  const config = { config: '{\n  "theirs": true\n}\n' };
  await own.call('PUT', 'instances/bot-alpha/config?propose=Config', config, { 'if-match': etag });
  const bare = join(own.data, 'instances.git');
  const record = (): string => git(bare, 'show', 'proposals/config:instances/bot-alpha.yaml');
  const { page, faults } = await openPage(browser, own.address);
  const propose = page.locator('cw-propose').getByRole('button', { name: 'Propose' });
  const both = page.locator('cw-propose').getByRole('alert', { name: 'Changed there too' });

  await page.goto('/instances/bot-alpha/config');
  await page.locator('.cm-content').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText('{"mine": true}');
  await page.getByRole('button', { name: 'Review change' }).click();
  await instead(page);
  await page.getByRole('radio', { name: /#1 Config/ }).check();
  await propose.click();
  await both.getByText('"theirs": true').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await both.getByRole('radio', { name: /yours/ }).check();
  await propose.click();
  await page.getByRole('status', { name: 'Change' }).getByRole('link', { name: 'Config' }).waitFor();
  expect(record()).toContain('"mine": true');

  await page.goto('./');
  await menu(page, 'Bot Alpha', 'Delete');
  await instead(page);
  await page.getByRole('radio', { name: /#1 Config/ }).check();
  await propose.click();
  await both.getByRole('radio', { name: /remove it/ }).check();
  await propose.click();
  await page.getByRole('status', { name: 'Change' }).getByRole('link', { name: 'Config' }).waitFor();
  expect(record).toThrow();

  await page.goto('/new');
  await page.getByLabel('Display name').fill('Bot Alpha the second');
  await instead(page);
  await own.call('POST', 'instances', { display_name: 'Bot Alpha the second' });
  await propose.click();
  await page
    .locator('cw-propose')
    .getByText(/There is a bot/)
    .waitFor();
  expect((await own.call('GET', 'proposals')).body).toHaveLength(1);
  expect(faults).toEqual([]);
});

test('where main takes proposals alone forms offer nothing else, and a bot is still stopped at once', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  await using own = await startDashboard(true);
  const { page, faults } = await openPage(browser, own.address);
  await page.goto('/settings');
  await page.getByRole('radio', { name: /By proposals alone/ }).check();
  await page.getByRole('button', { name: 'Save settings' }).click();
  await page.getByRole('region', { name: 'Before you save' }).waitFor({ state: 'detached' });

  await page.goto('/instances/bot-alpha?edit');
  await page.getByRole('textbox', { name: 'Memory limit' }).fill('7Gi');
  await page.getByRole('button', { name: 'Propose', exact: true }).waitFor();
  expect(await page.getByRole('button', { name: /^Publish|^Propose instead/ }).count()).toBe(0);
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Propose', exact: true }).click();
  await page.getByLabel('Title').press('Enter');
  await page
    .getByRole('status', { name: 'Change' })
    .getByRole('link', { name: /memory limit/ })
    .waitFor();

  await page.goto('/instances/bot-production-whatsapp');
  await page.getByRole('button', { name: 'Restart', exact: true }).click();
  const dialog = page.locator('cw-propose');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  const record = (): string =>
    git(join(own.data, 'instances.git'), 'show', 'main:instances/bot-production-whatsapp.yaml');
  await vi.waitFor(() => expect(record()).toContain('state: stopped'), { timeout: PATIENCE_MS });
  expect(faults).toEqual([]);
});

test('a bot tells on its page and in its row what open proposals want of it, a pushed branch among them', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  await using own = await startDashboard(true);
  await own.call('POST', 'proposals', { title: 'One less' });
  const { page, faults } = await openPage(browser, own.address);
  await page.goto('/');
  await page.getByRole('link', { name: 'Bot Alpha', exact: true }).waitFor();
  await own.call('DELETE', 'instances/bot-alpha?proposal=1');

  const mark = page.getByRole('link', { name: 'Proposal #1 wants to remove it: One less' });
  await mark.waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const checkout = join(own.data, 'checkout');
  git(own.data, 'clone', '-q', join(own.data, 'instances.git'), checkout);
  await replace(join(checkout, 'instances/bot-alpha.yaml'), 'Bot Alpha', 'Alpha');
  git(checkout, 'commit', '-qam', 'Shorter name');
  git(checkout, 'push', '-q', 'origin', 'HEAD:shorter');
  await page.getByRole('link', { name: 'Proposal #2 wants to change it: Shorter name' }).waitFor();

  await page.goto('/instances/bot-alpha');
  await page.getByText('wants to remove this bot').waitFor();
  await page.getByText('wants to change this bot').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('link', { name: '#1 One less' }).click();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Open again' }).waitFor();
  await page.goto('/');
  await page.getByRole('link', { name: 'Proposal #2 wants to change it: Shorter name' }).waitFor();
  expect(await page.getByRole('link', { name: /One less/ }).count()).toBe(0);
  expect(faults).toEqual([]);
});

async function replace(file: string, from: string, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, 'utf8')).replace(from, to));
}
