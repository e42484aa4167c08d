import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { openBrowser, openPage } from '../test/ui/browser.ts';
import type { Measurement } from './measurement.ts';
import { commitFiles, renderedFiles, startProgram } from './program.ts';

/** A page that doesn't open, rather than one that opens slowly on a busy machine. */
const LIMIT_MS = 15_000;

/** The fleet page of the program in a browser that has nothing cached, without a cluster. */
export async function run(sizes: readonly number[] = [1_000, 5_000]): Promise<readonly Measurement[]> {
  const browser = await openBrowser();
  if (browser === null) throw new Error('this machine has no Chromium: CLAWORC_CHROMIUM names one');
  try {
    const found: Measurement[] = [];
    for (const size of sizes) found.push(...(await measure(size, browser)));
    return found;
  } finally {
    await browser.close();
  }
}

async function measure(size: number, browser: Browser): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claworc-bench-'));
  const repo = join(folder, 'instances.git');
  try {
    execFileSync('git', ['init', '-q', '--bare', '-b', 'main', repo]);
    commitFiles(repo, renderedFiles(size), 'Bench');
    const program = await startProgram({ data: join(folder, 'data'), repo, flags: [], nodeFlags: [] });
    try {
      await program.look();
      await pause(2_000);
      const stall = program.watchStalls();
      const { firstPaint, firstRow, whole, longestTask } = await paintOf(browser, program.address, size);
      const { request: waited } = await stall();
      const named = (name: string, value: number, limit?: number): Measurement => ({
        name: `${size} bots: ${name}`,
        value,
        unit: 'ms',
        ...(limit === undefined ? {} : { limit }),
      });
      return [
        named('first paint', firstPaint, LIMIT_MS),
        named('first row', firstRow, LIMIT_MS),
        named('the whole fleet', whole, LIMIT_MS),
        named('longest task of the page', longestTask),
        named('longest wait of a small request meanwhile', waited),
      ];
    } finally {
      await program.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Paint {
  /** Milliseconds since the page was asked for. */
  readonly firstPaint: number;
  readonly firstRow: number;
  readonly whole: number;
  /** How long a click may wait. */
  readonly longestTask: number;
}

async function paintOf(browser: Browser, address: string, bots: number): Promise<Paint> {
  const { page } = await openPage(browser, address);
  await page.addInitScript(watchTasks);
  await page.goto(`${address}/`, { waitUntil: 'commit' });
  await page.locator('tr[data-name]').first().waitFor();
  const firstRow = await page.evaluate(() => performance.now());
  await page.locator(`table[aria-rowcount="${bots + 1}"]`).waitFor();
  const whole = await page.evaluate(() => performance.now());
  await pause(1_000);
  const seen = await page.evaluate(() => ({
    firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
    longestTask: Number(document.documentElement.dataset.longestTask ?? 0),
  }));
  return { firstRow, whole, ...seen };
}

/** Runs in the page, before its own scripts. Chromium tells of tasks that took 50 ms or more. */
function watchTasks(): void {
  let longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
    document.documentElement.dataset.longestTask = String(longest);
  }).observe({ type: 'longtask', buffered: true });
}
