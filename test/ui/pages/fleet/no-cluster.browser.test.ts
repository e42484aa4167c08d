import { expect, test } from 'vitest';
import { openBrowser, openPage, startDashboard } from '../../browser.ts';

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
    await page.locator('dd code', { hasText: /^npm start -- --kubeconfig ~\/\.kube\/config$/ }).waitFor();
    expect(await page.locator(NOTHING_TURNS).count()).toBe(0);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});

test('without a cluster the log is asked for once, and says how a cluster is named', async ({ skip }) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    await using server = await startDashboard(true);
    const { page, faults } = await openPage(browser, server.address);
    await page.clock.install();
    // A page without shared workers has its stream to itself, and before our eyes.
    await page.addInitScript(() => void Reflect.deleteProperty(window, 'SharedWorker'));
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'PUT' && request.postData()?.includes('bot-alpha') === true) asked.push(request.url());
    });
    await page.goto('/instances/bot-alpha/logs');
    await page.getByRole('log').getByText('No cluster is named').waitFor();
    expect(await page.locator(NOTHING_TURNS).count()).toBe(0);
    // Longer than the first tries of anything that asks again, shorter than a stream may be silent.
    await page.clock.runFor(15_000);

    expect(asked).toHaveLength(1);
    expect(await page.getByRole('log').locator('code').innerText()).toBe('npm start -- --kubeconfig ~/.kube/config');
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
