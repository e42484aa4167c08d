import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Instance } from '../../../../server/http/schemas/instance.ts';
import type { TestServer } from '../../../server/running-server.ts';
import { axeViolations, openBrowser, openPage, startDashboard, type WatchedPage } from '../../browser.ts';

let browser: Browser | null;
let server: TestServer | undefined;
let watched: WatchedPage;
let page: Page;

beforeAll(async () => {
  browser = await openBrowser();
  if (browser === null) return;
  server = await startDashboard(false);
  watched = await openPage(browser, server.address);
  page = watched.page;
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

/** The server, once it is started. */
function running(): TestServer {
  if (server === undefined) throw new Error('The server was not started');
  return server;
}

const commits = async (): Promise<string[]> => {
  const answer = await running().call('GET', 'activity');
  return (JSON.parse(answer.text) as { message: string; commit: string | null }[]).map(
    ({ message, commit }) => `${message.split('\n')[0] ?? ''}${commit === null ? ' (draft)' : ''}`,
  );
};
const instances = async (): Promise<Instance[]> =>
  JSON.parse((await running().call('GET', 'instances')).text) as Instance[];

test('a person runs a fleet in the browser: every step is a commit', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');

  // The first run says what is there and what is missing.
  await page.goto('/');
  await page.getByRole('heading', { name: 'Your fleet is empty' }).waitFor();
  expect(await page.title()).toBe('Fleet · OpenClaw Orchestrator');

  // Three bots, each with what it will commit beside the form.
  for (const name of ['Warranty desk', 'My Test Bot #3', 'Production WhatsApp']) await create(name);
  expect((await instances()).map((bot) => bot.name)).toEqual([
    'bot-warranty-desk',
    'bot-my-test-bot-3',
    'bot-production-whatsapp',
  ]);
  expect(await commits()).toHaveLength(4);

  // A taken name is refused in its place, before anything is sent.
  await page.keyboard.press('c');
  await page.getByLabel('Display name').fill('Warranty Desk');
  await page.getByText('bot-warranty-desk exists already. Choose another name.').waitFor();
  await page.keyboard.press('Escape');
  await page.locator('cw-leave').getByRole('button', { name: 'Leave', exact: true }).click();
  await page.locator('cw-dialog').waitFor({ state: 'detached' });

  // A config with an error is shown with its place and cannot be saved; put right, it is reviewed and published.
  await page.goto('/instances/bot-warranty-desk/config');
  const editor = page.getByRole('textbox', { name: 'clawdbot.json of Warranty desk' });
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('{\n  "gateway": { "port": 18789 }\n  "tools": {}\n}');
  await page.getByRole('alert').getByText('Line 3, column 3:').waitFor();
  expect(await page.getByRole('button', { name: 'Review change' }).getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText('{\n  "gateway": { "port": 18789 },\n  "tools": {}\n}');
  await page.getByRole('button', { name: 'Review change' }).click();
  await page.getByRole('heading', { name: /^Review:/ }).waitFor();
  expect(await axeViolations(page)).toEqual([]);
  await page.getByRole('button', { name: /^Publish/ }).click();
  await page.waitForURL('**/instances/bot-warranty-desk');
  await expect
    .poll(async () => (await running().call('GET', 'instances/bot-warranty-desk/config')).body.config)
    .toBe('{\n  "gateway": { "port": 18789 },\n  "tools": {}\n}');

  // Stopping is a commit, too, and its track stands on the overview.
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  await page.getByRole('list', { name: /^Way of Stop/ }).waitFor();

  // Edited by form: only what was changed, with its diff beside it.
  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: 'Memory limit' }).fill('6Gi');
  await page.getByRole('region', { name: 'What will be committed' }).getByText('6Gi').first().waitFor();
  await page
    .locator('cw-dialog')
    .getByRole('button', { name: /^Publish/ })
    .click();
  await page.locator('cw-dialog').waitFor({ state: 'detached' });
  await expect.poll(async () => (await instances())[0]?.memory_limit).toBe('6Gi');

  // A key goes in and never comes out.
  await page.getByRole('link', { name: 'Change', exact: true }).click();
  await page.getByRole('button', { name: 'Set own Anthropic key' }).click();
  await page.getByLabel('New Anthropic key').fill('sk-ant-0123456789-abcdefgh-Wxyz');
  await page
    .locator('cw-dialog')
    .getByRole('button', { name: /^Publish/ })
    .click();
  await page.locator('cw-dialog').waitFor({ state: 'detached' });
  await page.getByText('****Wxyz').waitFor();
  expect(await page.content()).not.toContain('sk-ant-0123');

  // Deleting asks; destroying asks for the name.
  await page.goto('/');
  await remove('My Test Bot #3', 'Keep the data');
  await remove('Production WhatsApp', 'Destroy the data');
  await expect.poll(async () => (await instances()).map((bot) => bot.name)).toEqual(['bot-warranty-desk']);
  await expect.poll(async () => page.locator('tbody tr[data-name]').count()).toBe(1);

  expect((await commits()).filter((line) => line.endsWith('(draft)'))).toEqual([]);
  expect(watched.faults).toEqual([]);
});

async function create(name: string): Promise<void> {
  await page.goto('/new');
  await page.getByLabel('Display name').fill(name);
  await page.getByText('valid', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Commit and create' }).click();
  await page.waitForURL('**/instances/bot-*');
  await page.getByRole('heading', { name, level: 1 }).waitFor();
}

async function remove(name: string, fate: 'Keep the data' | 'Destroy the data'): Promise<void> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  // What is slotted into a dialog lies beside it in the tree: it is found through the element around both.
  const dialog = page.locator('cw-dialog');
  await dialog.getByRole('button', { name: 'Cancel' }).waitFor();
  expect(await page.evaluate(focusedText)).toBe('Cancel');
  await dialog.getByLabel(fate).check();
  if (fate === 'Destroy the data') {
    const last = dialog.getByRole('button', { name: 'Delete bot and data' });
    expect(await last.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByLabel(/to destroy its data/).fill('bot-production-whats');
    await dialog.getByText('3 more characters').waitFor();
    await dialog.getByLabel(/to destroy its data/).fill('bot-production-whatsapp');
    await last.click();
  } else {
    await dialog.getByRole('button', { name: 'Delete bot, keep data' }).click();
  }
  await dialog.waitFor({ state: 'detached' });
}

/** Runs in the page. */
function focusedText(): string {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.textContent.trim() ?? '';
}
