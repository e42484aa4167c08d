import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from '../server/running-server.ts';
import { startPrefixProxy, type PrefixProxy } from '../support/prefix-proxy.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from './browser.ts';

const HOST = 'claworc.test';

let browser: Browser | null = null;
let server: TestServer | undefined;
let proxy: PrefixProxy | undefined;
let address = '';
beforeAll(async () => {
  browser = await openBrowser([`--host-resolver-rules=MAP ${HOST} 127.0.0.1`]);
  if (browser === null) return;
  proxy = await startPrefixProxy({ strip: true });
  // Plain HTTP from a host that isn't this machine by name: browsers give such a page no clipboard.
  address = proxy.address.replace('127.0.0.1', HOST);
  server = await startDashboard(true, { publicUrl: address });
  proxy.serve(server.address);
});
afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  await proxy?.[Symbol.asyncDispose]();
});

test('over plain HTTP the buttons copy the address, the YAML and say so', async ({ skip }) => {
  if (browser === null) return skip('no Chromium');
  const { page, faults } = await openPage(browser, address);
  await page.goto(`${address}settings`);
  expect(await page.evaluate(() => [isSecureContext, 'clipboard' in navigator])).toEqual([false, false]);
  await page.getByRole('button', { name: 'Copy the address for git clone' }).click();
  await copied(page);
  expect(await pasted(page)).toBe(`${address}instances.git`);

  await page.goto(`${address}instances/bot-alpha/manifests`);
  await page.getByRole('button', { name: 'Copy YAML' }).click();
  await copied(page);
  expect(await pasted(page)).toMatch(/^apiVersion: .*kind: /);
  expect(faults).toEqual([]);
  await page.context().close();
});

test('where the browser lets no page copy, the text is shown selected, and "Copied" is said once it was', async ({
  skip,
}) => {
  if (browser === null) return skip('no Chromium');
  const { page, faults } = await openPage(browser, address);
  await page.addInitScript(() => {
    Object.defineProperty(Document.prototype, 'execCommand', { value: () => false });
  });
  await page.goto(`${address}settings`);
  const button = page.getByRole('button', { name: 'Copy the address for git clone' });
  await button.click();
  const dialog = page.getByRole('dialog', { name: 'Copy the address for git clone' });
  await page.locator('cw-dialog').getByText('press Ctrl+C').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  expect(await page.getByRole('button', { name: 'Copied' }).count()).toBe(0);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });

  // The keyboard is back on the button.
  await page.keyboard.press('Enter');
  await dialog.waitFor();
  await page.keyboard.press('Control+c');
  await copied(page);
  await dialog.waitFor({ state: 'detached' });
  expect(await pasted(page)).toBe(`${address}instances.git`);
  expect(faults).toEqual([]);
  await page.context().close();
});

const copied = (page: Page): Promise<void> => page.getByRole('button', { name: 'Copied' }).waitFor();

/** What the keys for pasting bring, as one line. */
async function pasted(page: Page): Promise<string> {
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox');
  await field.fill('');
  await field.press('Control+v');
  const text = await field.inputValue();
  await page.keyboard.press('Escape');
  return text;
}
