import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ensureUiBuilt } from '../../../../server/cli/build-ui.ts';
import { connectObserved, observedOf, observedUnit } from '../../../server/reconcile/observed-fixture.ts';
import { startTestServer } from '../../../server/running-server.ts';
import { axeViolations, openBrowser, openPage } from '../../browser.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const STILL_THERE = 'still there, its applier has not removed it';

test('a person leaves applying to another program: settings, header and the pages of a bot say who does what', async ({
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  let head: string | null = null;
  const observed = observedOf({ commit: () => head });
  try {
    const { folder } = await ensureUiBuilt(ROOT, () => undefined);
    await using server = await startTestServer({ ui: folder, connectCluster: connectObserved(observed) });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/settings');

    await page.getByRole('group', { name: 'Applied by' }).getByText('Another program').click();
    const before = page.getByRole('region', { name: 'Before you save' });
    await before.getByText('No bot restarts.').waitFor();
    expect(await before.innerText()).toMatch(/claworc\.yaml\s+\+1\s+dist\/bot-alpha\/\s+4 objects/);
    await before.getByRole('button', { name: 'Save settings' }).click();

    const header = page.locator('cw-pipe');
    await header.getByText('Applied elsewhere').waitFor();
    expect((await server.call('GET', 'fleet')).body).toMatchObject({ applier: 'external' });
    expect(await axeViolations(page)).toEqual([]);

    head = (await server.call('GET', 'fleet')).body.head ?? null;
    observed.set(observedUnit('bot-alpha', { sync: 'applied', reason: 'by kustomize-controller', commit: head }));
    await page.goto('/instances/bot-alpha');
    const details = page.getByRole('region', { name: 'Details' });
    await details.getByText('by kustomize-controller').waitFor();

    await page.goto('/new');
    await page.getByLabel('Display name').fill('Bot Beta');
    await page.getByText('Then the applier of the fleet has to bring it to the cluster').waitFor();
    expect(await page.getByText('the reconciler applies it').count()).toBe(0);

    const deleted = await server.call('DELETE', 'instances/bot-alpha?data=destroy');
    expect(deleted.body.sync_reason).toContain('the applier of the fleet removes it if it prunes');
    head = (await server.call('GET', 'fleet')).body.head ?? null;
    observed.set(
      observedUnit('bot-alpha', {
        leaving: { data: 'destroy', waitsFor: STILL_THERE, isStuck: false, objects: ['Deployment bot-alpha'] },
      }),
    );
    await page.goto('/instances/bot-alpha');
    const note = page.getByRole('region', { name: 'Leaving' });
    await note.getByText(STILL_THERE).waitFor();
    expect(await note.innerText()).toContain('Its volumes go when a person deletes them.');
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
