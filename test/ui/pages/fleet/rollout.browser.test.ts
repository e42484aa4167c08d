import { resolve } from 'node:path';
import { expect, test, vi } from 'vitest';
import { ensureUiBuilt } from '../../../../server/cli/build-ui.ts';
import type { ShownRollout } from '../../../../server/reconcile/plan/rollout/shown-rollout.ts';
import type { SteerRollout } from '../../../../server/reconcile/plan/rollout/steer-rollout.ts';
import { connectObserved, observedOf } from '../../../server/reconcile/observed-fixture.ts';
import { startTestServer } from '../../../server/running-server.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { axeViolations, openBrowser, openPage } from '../../browser.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const TARGET = 'a'.repeat(40);

test('a person sees where a rollout stopped and why, and lets it go on or all bots have it', async ({ skip }) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  let rollout: ShownRollout | null = {
    target: TARGET,
    from: 'b'.repeat(40),
    phase: 'stopped',
    reason: '1 bot is unhealthy with the change (bot-alpha), and none may be',
    ring: 1,
    rings: [1, 4],
    counts: { healthy: 0, pending: 0, unhealthy: 1, excused: 0 },
    unhealthy: ['bot-alpha'],
    held: 4,
    since: '2026-11-27T10:00:00.000Z',
    nextAt: null,
    sentence: 'The rollout of aaaaaaa stopped in ring 1 of 2',
  };
  const asked: SteerRollout['action'][] = [];
  const observed = observedOf({ rollout: () => rollout });
  try {
    const { folder } = await ensureUiBuilt(ROOT, () => undefined);
    await using server = await startTestServer({
      ui: folder,
      connectCluster: async () => ({
        ...(await connectObserved(observed)()),
        steerRollout: async ({ action }) => {
          asked.push(action);
          rollout = rollout && { ...rollout, phase: 'running', reason: '' };
          observed.touch();
        },
      }),
    });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/');
    const panel = page.getByRole('region', { name: 'Rollout' });
    await panel.getByText('Stopped by itself').waitFor();
    await panel.getByText('1 bot is unhealthy with the change (bot-alpha), and none may be.').waitFor();
    expect(await panel.getByRole('list', { name: 'Rings' }).innerText()).toContain('Ring 2: 4 bots');
    expect(await axeViolations(page)).toEqual([]);

    await panel.getByRole('button', { name: 'Go on' }).click();
    await panel.getByText('Goes on by itself').waitFor();
    await panel.getByRole('button', { name: 'Skip the rings' }).click();
    await page.getByRole('dialog', { name: 'Let all bots have the change?' }).waitFor();
    await page.locator('cw-rollout').getByRole('button', { name: 'Skip the rings' }).last().click();
    await vi.waitFor(() => expect(asked).toEqual(['resume', 'skip']), { timeout: PATIENCE_MS });
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
}, 120_000);
