import { resolve } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureUiBuilt } from '../../server/cli/build-ui.ts';
import { startTestServer, type TestServer } from '../server/running-server.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from './browser.ts';

const ROOT = resolve(import.meta.dirname, '../..');

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
  /** Brings the field up that is typed into. */
  readonly field: (page: Page) => Promise<Locator>;
  readonly text: string;
  readonly save: RegExp;
  /** What shows that it was saved. */
  readonly saved: (page: Page) => Promise<unknown>;
}

const dialogGone = (page: Page): Promise<void> => page.locator('cw-dialog').waitFor({ state: 'detached' });

const FORMS: Readonly<Record<string, Form>> = {
  'new bot': {
    address: 'new',
    field: async (page) => page.getByLabel('Display name'),
    text: 'Typed and kept',
    save: /^Commit and create/,
    saved: (page) => page.waitForURL('**/instances/bot-typed-and-kept'),
  },
  edit: {
    address: 'instances/bot-alpha?edit',
    field: async (page) => page.getByRole('textbox', { name: 'Memory limit' }),
    text: '7Gi',
    save: /^Publish/,
    saved: dialogGone,
  },
  'keys of a bot': {
    address: 'instances/bot-alpha?keys',
    field: async (page) => {
      await page.getByRole('button', { name: /Anthropic key$/ }).click();
      return page.getByLabel('New Anthropic key');
    },
    text: 'sk-ant-0123456789-abcdefgh-Wxyz',
    save: /^Publish/,
    saved: dialogGone,
  },
  settings: {
    address: 'settings',
    field: async (page) => page.getByRole('textbox', { name: 'Memory limit' }),
    text: '9Gi',
    save: /^Save/,
    saved: (page) => page.getByRole('region', { name: 'Before you save' }).waitFor({ state: 'detached' }),
  },
  'keys of the fleet': {
    address: 'settings',
    field: async (page) => {
      await page.getByRole('button', { name: /the Brave key$/ }).click();
      return page.getByLabel('New Brave key');
    },
    text: 'BSA0123456789-0123456789-Wxyz',
    save: /^Save/,
    saved: (page) => page.getByRole('region', { name: 'Before you save' }).waitFor({ state: 'detached' }),
  },
};

test.for(Object.entries(FORMS))(
  'what was typed (%s) is not lost to a link, back, Escape, a reload or a closed tab; once saved nobody asks',
  async ([, form], { skip }) => {
    if (browser === null || server === undefined) return skip('no Chromium');
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/activity');
    await page.getByText('Today').first().waitFor();
    await follow(page, form.address);
    const field = await form.field(page);
    await field.fill(form.text);
    const address = page.url();
    const stays = async (): Promise<void> => {
      await keepEditing(page);
      expect(page.url()).toBe(address);
      expect(await field.inputValue()).toBe(form.text);
    };

    await follow(page, 'activity');
    await stays();
    await page.evaluate(() => window.history.back());
    await stays();
    if (form.address !== 'settings') {
      await field.press('Escape');
      await stays();
    }
    for (const leave of [
      () => page.evaluate(() => window.location.reload()),
      () => page.close({ runBeforeUnload: true }),
    ]) {
      const question = page.waitForEvent('dialog');
      // It is answered before the page can go on: what leads away waits for it.
      const left = leave();
      expect((await question).type()).toBe('beforeunload');
      await (await question).dismiss();
      await left;
      expect(await field.inputValue()).toBe(form.text);
    }

    await page.getByRole('button', { name: form.save }).click();
    await form.saved(page);
    expect(await page.locator('cw-leave').count()).toBe(0);
    await follow(page, 'activity');
    await page.waitForURL('**/activity');
    expect(faults).toEqual([]);
    await page.context().close();
  },
);

test('what a person gives up is given up: by a link and by the back button', async ({ skip }) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/activity');
  await page.getByText('Today').first().waitFor();
  const type = async (): Promise<void> => {
    await follow(page, 'settings');
    await page.getByRole('textbox', { name: 'Memory limit' }).fill('5Gi');
  };
  const leave = page.locator('cw-leave').getByRole('button', { name: 'Leave', exact: true });

  await type();
  await follow(page, './');
  await page.getByRole('dialog', { name: 'Leave without saving?' }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await leave.click();
  await page.getByRole('link', { name: 'Bot Alpha', exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/');

  await type();
  await page.evaluate(() => window.history.back());
  await leave.click();
  await page.getByRole('link', { name: 'Bot Alpha', exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/');
  expect(faults).toEqual([]);
  await page.context().close();
});

test('a config stays in the browser without a question, and with one where the browser keeps nothing', async ({
  skip,
}) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const { page } = await openPage(browser, server.address);
  const editor = page.getByRole('textbox', { name: 'clawdbot.json of Bot Alpha' });
  const type = async (): Promise<void> => {
    await page.goto('/instances/bot-alpha/config');
    await editor.click();
    await page.keyboard.press('Control+a');
    await page.keyboard.insertText('{ "typed": true }');
    await page.getByText('Your change so far').waitFor();
  };
  await type();
  await follow(page, 'activity');
  await page.waitForURL('**/activity');
  await page.evaluate(() => window.history.back());
  await editor.getByText('"typed"').waitFor();

  await page.evaluate(() => window.localStorage.clear());
  await page.addInitScript(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
  await type();
  await page.getByText('this page alone').waitFor();
  await follow(page, 'activity');
  await keepEditing(page);
  await editor.getByText('"typed"').waitFor();
  await page.context().close();
});

test('what was typed before the server died is still in the form, and is saved when it is back', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  const data = tempFolder();
  const { folder: ui } = await ensureUiBuilt(ROOT, () => undefined);
  const first = await startTestServer({ ui, data, withExamples: true });
  const { page, faults } = await openPage(browser, first.address);
  await page.goto('/instances/bot-alpha?edit');
  const field = page.getByRole('textbox', { name: 'Memory limit' });
  await field.fill('6Gi');
  const publish = page.locator('cw-edit').getByRole('button', { name: /^Publish/ });
  await first.running.stop();

  await publish.click();
  await page.locator('cw-edit').getByRole('alert').first().waitFor();
  expect(await field.inputValue()).toBe('6Gi');

  await using second = await startTestServer({ ui, data, port: Number(new URL(first.address).port) });
  await page.getByText(/Live again/).waitFor();
  expect(await field.inputValue()).toBe('6Gi');
  await publish.click();
  await dialogGone(page);
  expect((await second.call('GET', 'instances/bot-alpha')).body.memory_limit).toBe('6Gi');
  expect(faults).toEqual([]);
  await page.context().close();
});

/** As if a link of the page were clicked; those of the page itself lie behind a dialog. */
async function follow(page: Page, href: string): Promise<void> {
  await page.evaluate((to) => {
    const link = document.createElement('a');
    link.href = to;
    document.body.append(link);
    link.click();
    link.remove();
  }, href);
}

async function keepEditing(page: Page): Promise<void> {
  const question = page.locator('cw-leave');
  await question.getByRole('button', { name: 'Keep editing' }).click();
  await question.waitFor({ state: 'detached' });
}
