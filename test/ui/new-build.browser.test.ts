import { appendFile, cp } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ensureUiBuilt } from '../../server/cli/build-ui.ts';
import { startTestServer } from '../server/running-server.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openBrowser, openPage } from './browser.ts';

const ROOT = resolve(import.meta.dirname, '../..');

test('pages of an older build are loaded anew: at once where nothing can have been typed, else when they are left', async ({
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    const ui = join(tempFolder(), 'ui');
    await cp((await ensureUiBuilt(ROOT, () => undefined)).folder, ui, { recursive: true });
    await using server = await startTestServer({ ui, withExamples: true });
    const { page: fleet, faults } = await openPage(browser, server.address);
    const settings = await fleet.context().newPage();
    await fleet.goto('/');
    await settings.goto('/settings');
    await settings.getByText('Global API keys').waitFor();
    await fleet.getByRole('link', { name: 'Bot Alpha', exact: true }).waitFor();
    const isOld = (page: typeof fleet) => page.evaluate(() => document.documentElement.dataset.old === 'yes');
    for (const page of [fleet, settings]) await page.evaluate(() => (document.documentElement.dataset.old = 'yes'));

    await appendFile(join(ui, 'index.html'), '<!-- another build -->\n');
    server.running.server.closeAllConnections();

    await expect.poll(() => isOld(fleet).catch(() => true)).toBe(false);
    await fleet.getByRole('link', { name: 'Bot Alpha', exact: true }).waitFor();
    expect(await isOld(settings)).toBe(true);
    await settings.getByRole('link', { name: 'Activity', exact: true }).click();
    await settings.waitForURL('**/activity');
    await expect.poll(() => isOld(settings).catch(() => true)).toBe(false);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
