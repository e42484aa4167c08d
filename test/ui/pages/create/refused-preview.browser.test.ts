import { expect, test } from 'vitest';
import { openBrowser, openPage, startDashboard } from '../../browser.ts';

test('a preview that is refused takes away the diff of the one before it', async ({ skip }) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    await using server = await startDashboard(true);
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/instances/bot-alpha?edit');
    const will = page.locator('cw-edit').getByRole('region', { name: 'What will be committed' });
    await page.getByRole('textbox', { name: 'Memory limit' }).fill('6Gi');
    await will.getByText('6Gi').first().waitFor();

    await page.getByRole('textbox', { name: 'Volume chrome' }).fill('1Mi');

    await will.getByRole('alert').waitFor();
    expect(await will.locator('cw-diff').count()).toBe(0);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
