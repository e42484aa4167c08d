import type Axe from 'axe-core';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { ensureUiBuilt } from '../../server/cli/build-ui.ts';
import { ProgramUnavailable } from '../control-plane/unavailable.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../server/running-server.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { findChromium } from '../support/programs.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const FLAGS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser with the built dashboard before it; null where this machine has no Chromium and need not have one. */
export async function openBrowser(flags: readonly string[] = []): Promise<Browser | null> {
  let executablePath: string;
  try {
    executablePath = await findChromium(console.error);
  } catch (error) {
    if (error instanceof ProgramUnavailable && process.env.CI !== 'true') return null;
    throw error;
  }
  return chromium.launch({ executablePath, headless: true, chromiumSandbox: false, args: [...FLAGS, ...flags] });
}

/** Claworc as people have it, dashboard included, without a cluster. */
export async function startDashboard(withExamples: boolean, options: TestServerOptions = {}): Promise<TestServer> {
  const { folder } = await ensureUiBuilt(ROOT, () => undefined);
  return startTestServer({ ui: folder, withExamples, ...options });
}

/** A page that keeps what must never happen: script errors, broken rules of the policy, requests to anywhere else. */
export interface WatchedPage {
  readonly page: Page;
  readonly faults: readonly string[];
}

export interface PageOptions {
  readonly width?: number;
  readonly theme?: 'light' | 'dark';
}

export async function openPage(browser: Browser, address: string, options: PageOptions = {}): Promise<WatchedPage> {
  const { width = 1280, theme = 'light' } = options;
  const context = await browser.newContext({
    viewport: { width, height: width < 500 ? 740 : 800 },
    colorScheme: theme,
    reducedMotion: 'reduce',
    baseURL: address,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (/Content Security Policy|TrustedTypes|requires 'Trusted/.test(message.text())) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (/^https?:/.test(request.url()) && !request.url().startsWith(address)) faults.push(`request: ${request.url()}`);
  });
  return { page, faults };
}

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe has to say about WCAG 2.2 A and AA, one line each. */
export async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    const checker = (globalThis as unknown as { axe: typeof Axe }).axe;
    const { violations } = await checker.run(document, { runOnly: { type: 'tag', values: rules } });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${JSON.stringify(node.target)} ${node.failureSummary ?? ''}`),
    );
  });
}
