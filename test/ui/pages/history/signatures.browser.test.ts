import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createSigner } from '../../../../server/git/signing/open-signer.ts';
import { makeKey } from '../../../server/git/signing/fixture.ts';
import type { TestServer } from '../../../server/running-server.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from '../../browser.ts';

const folder = mkdtempSync(join(tmpdir(), 'claworc-signatures-'));
let browser: Browser | null;
let server: TestServer | undefined;
let unsigned: string;

/** A server that signs, a main that demands signatures of it and of Ada, and a commit of a person who signs nothing. */
beforeAll(async () => {
  browser = await openBrowser();
  if (browser === null) return;
  const [own, ada] = [makeKey(folder, 'own'), makeKey(folder, 'ada')];
  const signer = createSigner({ kind: 'ssh', file: own.file });
  const started = await startDashboard(true, { signer, writeTimeoutMs: PATIENCE_MS });
  server = started;
  const checkout = join(folder, 'checkout');
  git(started.data, 'clone', '-q', join(started.data, 'instances.git'), checkout);
  const push = (message: string, ...signing: string[]): string => {
    git(checkout, ...signing, 'commit', '-qam', message, ...(signing.length === 0 ? [] : ['-S']));
    git(checkout, 'push', '-q', 'origin', 'HEAD:main');
    return git(checkout, 'rev-parse', 'HEAD').trim();
  };
  const rename = (name: string): void => {
    const file = join(checkout, 'instances/bot-alpha.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/displayName: .*/, `displayName: ${name}`));
  };
  const lines = [
    `ada.of.the.platform.team@subdomain.example.com valid-before="20991231Z" ${ada.publicKey}`,
    `claworc ${own.publicKey}`,
  ].map((line) => `        - ${line}\n`);
  const rule = `  policy:\n    signedCommits:\n      required: true\n      allowedSigners:\n${lines.join('')}`;
  appendFileSync(join(checkout, 'claworc.yaml'), rule);
  push('Demand signatures');
  await vi.waitFor(
    async () => expect((await started.call('GET', 'settings')).body).toMatchObject({ signing: { required: true } }),
    { timeout: PATIENCE_MS },
  );
  await started.call('PUT', 'instances/bot-alpha', { cpu_limit: '3' });
  git(checkout, 'pull', '-q', '--ff-only');
  rename('Alpha of Ada');
  push('Rename by Ada', '-c', 'gpg.format=ssh', '-c', `user.signingKey=${ada.file}`);
  await vi.waitFor(
    async () =>
      expect((await started.call('GET', 'instances/bot-alpha')).body).toMatchObject({ display_name: 'Alpha of Ada' }),
    { timeout: PATIENCE_MS },
  );
  await vi.waitFor(
    async () => expect((await started.call('GET', 'fleet')).body).toMatchObject({ drafts: 0, problems: [] }),
    { timeout: PATIENCE_MS },
  );
  git(checkout, 'pull', '-q', '--ff-only');
  rename('Alpha of nobody');
  unsigned = push('Rename by nobody');
  await vi.waitFor(async () => expect((await started.call('GET', 'fleet')).text).toContain('which is not signed'), {
    timeout: PATIENCE_MS,
  });
}, PATIENCE_MS * 2);

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

const until = (page: Page, words: string): Promise<void> =>
  page.getByText(words).filter({ visible: true }).first().waitFor();

test.each([
  ['the panel of signers names both, until when, and as whom this server signs', '/settings', 'as claworc.'],
  ['the activity names the commit that nobody signed', '/activity', '(not signed)'],
  ['the changes of the bot tell each signature', '/instances/bot-alpha/changes', 'signed by claworc'],
  ['the bot says which commit holds it', '/instances/bot-alpha', 'which is not signed'],
  ['the page of a commit tells its signature', '/commits/UNSIGNED', 'not signed'],
])('%s', async (_, path, words) => {
  if (browser === null || server === undefined) return;
  for (const width of [380, 1280]) {
    const { page, faults } = await openPage(browser, server.address, { width });
    await page.goto(path.replace('UNSIGNED', unsigned));
    await until(page, words);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeViolations(page), `${width} ${colorScheme}`).toEqual([]);
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    expect(faults).toEqual([]);
    await page.context().close();
  }
});
