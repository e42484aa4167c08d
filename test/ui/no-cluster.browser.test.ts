import { expect, test } from 'vitest';
import { openBrowser, openPage, startDashboard } from './browser.ts';

const NOTHING_TURNS = '.i--spin';

test('without a cluster nothing turns, and the command that names one can be run as it stands', async ({ skip }) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    await using server = await startDashboard(true);
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/');
    const row = page.getByRole('row').filter({ hasText: 'Bot Alpha' });
    await row.getByText('Waiting').waitFor();
    await row.getByText('No cluster is named').waitFor();
    expect(await page.locator(NOTHING_TURNS).count()).toBe(0);
    const banner = page.getByRole('region', { name: 'Connection' });
    expect(await banner.locator('code').innerText()).toBe('npm start -- --kubeconfig ~/.kube/config');

    await page.goto('/instances/bot-alpha');
    await page.getByText('Waiting', { exact: true }).first().waitFor();
    expect(await page.locator(NOTHING_TURNS).count()).toBe(0);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
