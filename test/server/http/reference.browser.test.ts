import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { findChromium } from '../../support/programs.ts';
import { startTestServer } from '../running-server.ts';

test('the page at /api shows every operation, in light and dark, within the policy of the server', async () => {
  await using server = await startTestServer();
  const browser = await chromium.launch({
    executablePath: await findChromium(() => undefined),
    args: ['--no-sandbox'],
  });
  try {
    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => void complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith(server.address)) complaints.push(request.url());
    });
    await page.goto(`${server.address}/api`);
    await page.waitForSelector('article#createInstance');

    const document = (await server.call('GET', 'openapi.json')).body.paths as Record<string, object>;
    const operations = Object.values(document).flatMap((methods) => Object.keys(methods)).length;
    expect(await page.locator('article').count()).toBe(operations);
    const create = page.locator('article#createInstance');
    expect(await create.innerText()).toMatch(/POST \/api\/v1\/instances[\s\S]*display_name[\s\S]*required/);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      const [text, ground] = await page.evaluate<string[]>(
        '(({ color, backgroundColor }) => [color, backgroundColor])(getComputedStyle(document.body))',
      );
      expect(text).not.toBe(ground);
    }
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
  }
});
