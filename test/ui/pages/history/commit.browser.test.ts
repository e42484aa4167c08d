import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TestServer } from '../../../server/running-server.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { openBrowser, openPage, startDashboard } from '../../browser.ts';

let browser: Browser | null;
let server: TestServer | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  if (browser !== null) server = await startDashboard(true);
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

test('a commit of more files than a page shows the next ones when they are asked for, and counts lines when all are there', async ({
  skip,
}) => {
  if (browser === null || server === undefined) return skip('no Chromium');
  const checkout = tempFolder();
  git(checkout, 'clone', '--quiet', join(server.data, 'instances.git'), '.');
  await mkdir(join(checkout, 'notes'));
  for (let index = 100; index < 170; index += 1) await writeFile(join(checkout, `notes/${index}.txt`), 'a line\n');
  git(checkout, 'add', '.');
  git(checkout, 'commit', '--quiet', '--message', 'Notes');
  git(checkout, 'push', '--quiet');
  const { page } = await openPage(browser, server.address);

  await page.goto(`/commits/${git(checkout, 'rev-parse', 'HEAD').trim()}`);
  await page.getByText('50 of 70 are shown.').waitFor();
  expect(await page.getByText('notes/149.txt').count()).toBe(1);
  expect(await page.getByText('notes/150.txt').count()).toBe(0);
  expect(await page.getByText('70 files').innerText()).toBe('70 files');
  await page.getByRole('button', { name: 'Show more files' }).click();

  await page.getByText('notes/169.txt').waitFor();
  await page.getByText('70 files, +70 −0').waitFor();
  expect(await page.getByRole('button', { name: 'Show more files' }).count()).toBe(0);
  await page.context().close();
});
