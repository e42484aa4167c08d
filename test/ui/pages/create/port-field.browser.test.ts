import { resolve } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureUiBuilt } from '../../../../server/cli/build-ui.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { openBrowser, openPage } from '../../browser.ts';
import { TroubledFleet } from '../bot/repair-fixture.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const WAIT = { timeout: PATIENCE_MS, interval: 50 };

let browser: Browser | null = null;
let fleet: TroubledFleet;
beforeAll(async () => {
  browser = await openBrowser();
  fleet = await TroubledFleet.start((await ensureUiBuilt(ROOT, () => undefined)).folder);
  await fleet.server.call('POST', 'instances', { display_name: 'bot-first', vnc_exposure: 'nodePort' });
});
afterAll(async () => {
  await browser?.close();
  await fleet[Symbol.asyncDispose]();
});

const pairOf = async (name: string): Promise<unknown> => {
  const { body } = await fleet.server.call('GET', `instances/${name}`);
  return [body.nodeport_chrome, body.nodeport_terminal];
};

test('a new bot is offered the next free pair; what is no port and what is taken is said at the field; empty takes the offer', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  const { page, faults } = await openPage(browser, fleet.server.address);
  await page.goto('/new');
  await page.getByLabel('Display name').fill('Bot Second');
  const fold = page.locator('details', { hasText: 'Image and screens' });
  await fold.locator('summary').click();
  const field = page.getByLabel('Node port of Chrome');
  expect(await field.count()).toBe(0);

  await page.getByRole('radio', { name: /^Node ports/ }).check();

  await expect.poll(() => field.getAttribute('placeholder'), WAIT).toBe('30102');
  await page.getByText('Empty: the next free pair, 30102 and 30103.').waitFor();
  const create = page.getByRole('button', { name: 'Commit and create' });
  await field.fill('30101');
  await page.getByText('An even number from 30100 to 30198').first().waitFor();
  await field.fill('30100');
  await page.getByText('30100 and 30101 are taken by').first().waitFor();
  await page.getByText('the next free pair is 30102 and 30103').first().waitFor();
  await field.fill('');
  await create.click();
  await page.waitForURL('**/instances/bot-second');

  expect(await pairOf('bot-second')).toEqual([30102, 30103]);
  expect(faults).toEqual([]);
  await page.context().close();
});
