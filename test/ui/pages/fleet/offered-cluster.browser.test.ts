import { resolve } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, vi } from 'vitest';
import { ensureUiBuilt } from '../../../../server/cli/build-ui.ts';
import { clusterConnector } from '../../../../server/services/cluster/connect.ts';
import { clusterTest as test } from '../../../control-plane/cluster-test.ts';
import { startTestServer } from '../../../server/running-server.ts';
import { axeViolations, openBrowser, openPage } from '../../browser.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };
const ROOT = resolve(import.meta.dirname, '../../../..');

test('a person sees the plan for a cluster that nobody named, and then uses it', async ({
  cluster,
  kubectl,
  namespace,
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  const live = async (): Promise<string> =>
    (await kubectl(['get', 'deployments,pvc,configmaps', '-n', namespace, '-l', 'managed-by=claworc', '-o', 'name']))
      .stdout;
  try {
    const { folder } = await ensureUiBuilt(ROOT, () => undefined);
    await using server = await startTestServer({
      ui: folder,
      connectCluster: clusterConnector({ env: { KUBECONFIG: cluster.kubeconfig } }),
    });
    await server.call('PUT', 'settings', { namespace });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await vi.waitFor(async () => {
      expect((await server.call('GET', 'fleet')).body.cluster).toMatchObject({ state: 'offered' });
    }, PATIENCE);
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/');

    const banner = page.getByRole('region', { name: 'Connection' });
    await banner.getByText('A cluster is there and not used yet.').waitFor();
    await banner.getByRole('button', { name: 'Review this cluster' }).click();

    // What is slotted into a dialog lies beside it in the tree: it is found through the element around both.
    const dialog = page.locator('cw-use-cluster');
    await page.getByRole('dialog', { name: 'Use this cluster?' }).waitFor();
    expect(await page.evaluate(focusedText)).toBe('Cancel');
    expect(await facts(page)).toMatchObject({ Context: 'claworc-test', Server: cluster.server, Namespace: namespace });
    const row = dialog.getByRole('listitem').filter({ hasText: 'bot-alpha' });
    expect(await row.innerText()).toMatch(/\b\d+ created$/);
    expect(await dialog.getByText('Total').locator('..').innerText()).toMatch(/^Total\s+\d+ created$/);
    expect(await axeViolations(page)).toEqual([]);
    expect(await live()).toBe('');

    // Cancel leaves all as it was and gives the keyboard back.
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate(focusedText)).toBe('Review this cluster');
    expect((await server.call('GET', 'fleet')).body.cluster).toMatchObject({ state: 'offered' });

    await banner.getByRole('button', { name: 'Review this cluster' }).click();
    await dialog.getByText('Total').waitFor();
    await dialog.getByRole('button', { name: 'Use this cluster' }).click();
    await dialog.waitFor({ state: 'detached' });
    await banner.waitFor({ state: 'detached' });
    await page.locator('tbody tr[data-name=bot-alpha]').getByText('Running').waitFor({ timeout: PATIENCE.timeout });
    expect(await live()).toContain('deployment.apps/bot-alpha');
    expect(faults).toEqual([]);

    await server.call('DELETE', 'instances/bot-alpha?data=destroy');
    await vi.waitFor(async () => expect(await live()).not.toContain('bot-alpha'), PATIENCE);
  } finally {
    await browser.close();
  }
});

test('a refusal is said in the dialog: another was faster, or the plan cannot be read', async ({
  cluster,
  namespace,
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    const { folder } = await ensureUiBuilt(ROOT, () => undefined);
    await using server = await startTestServer({
      ui: folder,
      connectCluster: clusterConnector({ env: { KUBECONFIG: cluster.kubeconfig } }),
    });
    await server.call('PUT', 'settings', { namespace });
    await vi.waitFor(async () => {
      expect((await server.call('GET', 'fleet')).body.cluster).toMatchObject({ state: 'offered' });
    }, PATIENCE);
    const { page } = await openPage(browser, server.address);
    await page.goto('/');
    const dialog = page.locator('cw-use-cluster');

    await page.route('**/api/v1/cluster/plan', (route) => route.abort());
    await page.getByRole('button', { name: 'Review this cluster' }).click();
    await dialog.getByRole('alert').getByText('The plan cannot be read').waitFor();
    const use = dialog.getByRole('button', { name: 'Use this cluster' });
    expect(await use.getAttribute('aria-disabled')).toBe('true');
    await dialog.getByText('Not before the plan can be read').waitFor();
    await page.unroute('**/api/v1/cluster/plan');
    await dialog.getByRole('button', { name: 'Try again' }).click();
    await dialog.getByText('Total').waitFor();

    await server.call('POST', 'cluster/accept');
    await use.click();
    await dialog.getByRole('alert').getByText('No cluster is on offer').waitFor();
  } finally {
    await browser.close();
  }
});

/** The terms of the dialog with what stands behind them. */
async function facts(page: Page): Promise<Record<string, string>> {
  const dialog = page.locator('cw-use-cluster');
  await dialog.getByText('Total').waitFor();
  const [terms, values] = [await dialog.locator('dt').allInnerTexts(), await dialog.locator('dd').allInnerTexts()];
  return Object.fromEntries(terms.map((term, index) => [term, values[index] ?? '']));
}

/** Runs in the page. */
function focusedText(): string {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active?.textContent.trim() ?? '';
}
