import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Kubectl } from '../control-plane/kubectl.ts';
import { CONFIG, liveConfig } from './flow-curl.ts';
import { expectLive, objectsOf, volumesOf } from './live-fleet.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const WAIT = { timeout: PATIENCE_MS, interval: 200 } as const;

/** Creates three bots, stops one and changes a config by clicking; the page and the cluster have to agree each time. */
export async function clickThreeBots(page: Page, kubectl: Kubectl, namespace: string): Promise<void> {
  for (const name of ['One', 'Two', 'Three']) {
    await page.goto('/new');
    await page.getByLabel('Display name').fill(name);
    await page.getByText('valid', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Commit and create' }).click();
    await page.getByRole('heading', { name, level: 1 }).waitFor();
  }
  await expectLive(
    kubectl,
    namespace,
    ['bot-one', 'bot-two', 'bot-three'].flatMap((name) => objectsOf(name, 1)),
  );
  await expectRows(page, { 'bot-one': 'Running', 'bot-two': 'Running', 'bot-three': 'Running' });

  await page.goto('/instances/bot-two');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Start', exact: true }).waitFor();
  await expectRows(page, { 'bot-one': 'Running', 'bot-two': 'Stopped', 'bot-three': 'Running' });

  await page.goto('/instances/bot-one/config');
  await page.getByRole('textbox', { name: 'clawdbot.json of One' }).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(CONFIG);
  await page.getByRole('button', { name: 'Review change' }).click();
  await page.getByRole('button', { name: /^Publish/ }).click();
  await expect.poll(() => liveConfig(kubectl, namespace, 'bot-one'), WAIT).toBe(CONFIG);
}

/** Deletes `bot-two` keeping its data and `bot-three` with its data, through the dialogs. */
export async function clickTwoAway(page: Page, kubectl: Kubectl, namespace: string): Promise<void> {
  await page.goto('/');
  await openDelete(page, 'Two');
  await page.locator('cw-dialog').getByRole('button', { name: 'Delete bot, keep data' }).click();
  await page.locator('cw-dialog').waitFor({ state: 'detached' });
  await expectLive(kubectl, namespace, [
    ...objectsOf('bot-one', 1),
    ...objectsOf('bot-three', 1),
    ...volumesOf('bot-two'),
  ]);
  await expectRows(page, { 'bot-one': 'Running', 'bot-three': 'Running' });

  await openDelete(page, 'Three');
  await page.locator('cw-dialog').getByLabel('Destroy the data').check();
  await page
    .locator('cw-dialog')
    .getByLabel(/to destroy its data/)
    .fill('bot-three');
  await page.locator('cw-dialog').getByRole('button', { name: 'Delete bot and data' }).click();
  await page.locator('cw-dialog').waitFor({ state: 'detached' });

  await expectLive(kubectl, namespace, [...objectsOf('bot-one', 1), ...volumesOf('bot-two')]);
  await expectRows(page, { 'bot-one': 'Running' });
}

async function openDelete(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `More actions for ${name}` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.locator('cw-dialog').getByRole('button', { name: 'Cancel' }).waitFor();
}

/** The fleet page shows exactly these bots with these status words, each with its commit applied. */
async function expectRows(page: Page, rows: Readonly<Record<string, string>>): Promise<void> {
  await page.goto('/');
  for (const [name, status] of Object.entries(rows)) {
    const row = page.locator(`tr[data-name="${name}"]`);
    await row.getByText(status, { exact: true }).waitFor({ timeout: WAIT.timeout });
    await row.getByText('Applied', { exact: true }).waitFor({ timeout: WAIT.timeout });
  }
  await expect.poll(() => page.locator('tr[data-name]').count(), WAIT).toBe(Object.keys(rows).length);
}
