import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ensureUiBuilt } from '../../../../server/cli/build-ui.ts';
import { connectObserved, observedOf, observedUnit } from '../../../server/reconcile/observed-fixture.ts';
import { startTestServer } from '../../../server/running-server.ts';
import { axeViolations, openBrowser, openPage } from '../../browser.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const WAITS_FOR = 'Service bot-alpha-vnc: it waits for example.com/hold';

test('a bot that leaves keeps its row and its page, which say what it waits for and offer nothing to change', async ({
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  const observed = observedOf({ commit: () => 'c'.repeat(40) });
  try {
    const { folder } = await ensureUiBuilt(ROOT, () => undefined);
    await using server = await startTestServer({
      ui: folder,
      connectCluster: connectObserved(observed),
    });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await server.call('DELETE', 'instances/bot-alpha?data=retain');
    observed.set(
      observedUnit('bot-alpha', {
        leaving: { data: 'retain', waitsFor: WAITS_FOR, isStuck: true, objects: ['Service bot-alpha-vnc'] },
      }),
    );
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/');

    const row = page.locator('tbody tr[data-name=bot-alpha]');
    await row.getByText(`Leaving: ${WAITS_FOR}`).waitFor();
    await row.getByRole('button', { name: 'More actions for Bot Alpha' }).click();
    expect(await page.getByRole('menuitem').allInnerTexts()).toEqual(['Logs']);
    await page.keyboard.press('Escape');

    await row.getByRole('link', { name: 'Bot Alpha', exact: true }).click();
    const note = page.getByRole('region', { name: 'Leaving' });
    await note.getByText(WAITS_FOR).waitFor();
    expect(await note.innerText()).toContain('Its volumes are kept.');
    await page.getByRole('heading', { name: 'API keys' }).waitFor();
    for (const name of ['Stop', 'Restart']) expect(await page.getByRole('button', { name }).count()).toBe(0);
    for (const name of ['Edit', 'Change']) expect(await page.getByRole('link', { name, exact: true }).count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);

    await page.goto('/instances/bot-alpha?edit');
    await page.getByRole('heading', { name: 'API keys' }).waitFor();
    expect(await page.locator('cw-edit').count()).toBe(0);
    await page.getByRole('link', { name: 'Config', exact: true }).click();
    await page.getByText("so its config can't be changed").waitFor();
    expect(await page.getByRole('button', { name: /Review|Reset|Format/ }).count()).toBe(0);
    expect(await axeViolations(page)).toEqual([]);

    observed.delete('bot-alpha');
    await page.getByText('It was deleted. The commit stays in git.').waitFor();
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
