import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Locator } from 'playwright-core';
import { expect, vi } from 'vitest';
import { ensureUiBuilt } from '../../../../server/cli/build-ui.ts';
import { clusterConnector } from '../../../../server/services/cluster/connect.ts';
import { clusterTest as test } from '../../../control-plane/cluster-test.ts';
import { setPodForwards } from '../../../control-plane/pod-overrides.ts';
import { ProgramUnavailable } from '../../../control-plane/unavailable.ts';
import { startTestServer } from '../../../server/running-server.ts';
import { findXterm, findXvnc } from '../../../support/programs.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { startPrefixProxy } from '../../../support/prefix-proxy.ts';
import { startXvnc } from '../../../support/xvnc.ts';
import { axeViolations, openBrowser, openPage } from '../../browser.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };
const ROOT = resolve(import.meta.dirname, '../../../..');

test('a person sees the screens of a bot, and types only with control', async ({
  cluster,
  kubectl,
  namespace,
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    await requireX(skip);
    const typed = join(tempFolder(), 'typed');
    await using chrome = await startXvnc({
      geometry: '640x480',
      terminal: { command: ['sh', '-c', 'echo Chrome; cat'], background: '#7a3b2e' },
    });
    await using terminal = await startXvnc({
      geometry: '800x600',
      terminal: { command: ['sh', '-c', `echo Terminal; cat > ${typed}`], background: '#2a6f97' },
    });
    // Below a path, where an address that is wrong anywhere leads nowhere.
    await using proxy = await startPrefixProxy({ strip: true });
    await using server = await startTestServer({
      ui: (await ensureUiBuilt(ROOT, () => undefined)).folder,
      connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
      publicUrl: proxy.address,
    });
    proxy.serve(server.address);
    await server.call('PUT', 'settings', { namespace });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await vi.waitFor(async () => {
      expect((await server.call('GET', 'instances/bot-alpha')).body.status).toBe('running');
    }, PATIENCE);
    const { stdout } = await kubectl(['get', 'pod', '-n', namespace, '-l', 'app=bot-alpha', '-o', 'name']);
    const pod = { namespace, name: stdout.trim().slice('pod/'.length) };
    await setPodForwards(kubectl, pod, { 5901: chrome.port, 5902: terminal.port });

    const { page, faults } = await openPage(browser, proxy.address);
    await page.goto(`${proxy.address}instances/bot-alpha/screens`);

    // Each screen is live, in its own size and colours: the right port of the pod is behind it.
    const screens = {
      chrome: page.getByRole('region', { name: 'Chrome screen' }),
      terminal: page.getByRole('region', { name: 'Terminal screen' }),
    };
    for (const [screen, size, background] of [
      [screens.chrome, '640 × 480', '#7a3b2e'],
      [screens.terminal, '800 × 600', '#2a6f97'],
    ] as const) {
      await screen.getByText('Live', { exact: true }).waitFor(PATIENCE);
      await screen.getByText(size).waitFor();
      await screen.getByText('View only.').waitFor();
      await expect.poll(() => coloursOf(screen), PATIENCE).toContain(background);
      await expect.poll(async () => (await coloursOf(screen)).length, PATIENCE).toBeGreaterThan(1);
    }
    expect(await axeViolations(page)).toEqual([]);

    // Looking on, keys stay in the page; with control they reach the bot, and nothing typed before does.
    await screens.terminal.locator('canvas').focus();
    await page.keyboard.type('looking on\n');
    await screens.terminal.getByRole('button', { name: 'Take control' }).click();
    await screens.terminal.getByText('You have control.').waitFor();
    await screens.terminal.locator('canvas').click();
    await page.keyboard.type('in control\n');
    await expect.poll(() => readFile(typed, 'utf8'), PATIENCE).toBe('in control\n');

    // Released, it is as before; taken again, only the new line follows.
    await screens.terminal.getByRole('button', { name: 'Release' }).click();
    await screens.terminal.getByText('View only.').waitFor();
    await screens.terminal.getByText('Live', { exact: true }).waitFor();
    await screens.terminal.locator('canvas').focus();
    await page.keyboard.type('looking on again\n');
    await screens.terminal.getByRole('button', { name: 'Take control' }).click();
    await screens.terminal.getByText('You have control.').waitFor();
    await screens.terminal.locator('canvas').click();
    await page.keyboard.type('in control again\n');
    await expect.poll(() => readFile(typed, 'utf8'), PATIENCE).toBe('in control\nin control again\n');
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});

async function requireX(skip: (note: string) => never): Promise<void> {
  try {
    await findXvnc(console.error);
    await findXterm(console.error);
  } catch (error) {
    if (error instanceof ProgramUnavailable && process.env.CI !== 'true') skip(error.message);
    throw error;
  }
}

/** The colours of a screen's picture, `#rrggbb`. */
function coloursOf(screen: Locator): Promise<string[]> {
  return screen.locator('.stage canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    const found = new Set<string>();
    for (let at = 0; at + 3 < pixels.length; at += 4) {
      const rgb = [pixels[at], pixels[at + 1], pixels[at + 2]];
      found.add(`#${rgb.map((part = 0) => part.toString(16).padStart(2, '0')).join('')}`);
    }
    return [...found];
  });
}
