import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { approvalMoved } from '../../../../server/reconcile/plan/removals/words.ts';
import type { PendingRemovals } from '../../../../server/reconcile/plan/removals/pending.ts';
import type { Rewind } from '../../../../server/reconcile/plan/lineage.ts';
import { connectObserved, observedOf } from '../../../server/reconcile/observed-fixture.ts';
import type { TestServer } from '../../../server/running-server.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from '../../browser.ts';

const COMMIT = 'a'.repeat(40);
const LAST = 'b'.repeat(40);
let rewind: Rewind | null = null;
let pending: PendingRemovals | null = null;
const observed = observedOf({
  rewind: () => rewind,
  removals: () => pending,
  standing: () => [
    ...(rewind === null ? [] : [`Nothing is removed: ${rewind.reason}`]),
    ...(typeof pending?.sentence !== 'string' ? [] : [pending.sentence]),
  ],
});

let browser: Browser | null;
let server: TestServer | undefined;

beforeAll(async () => {
  browser = await openBrowser();
  if (browser === null) return;
  server = await startDashboard(false, {
    connectCluster: async () => ({
      ...(await connectObserved(observed)()),
      acceptRewind: async () => {
        rewind = null;
        observed.touch();
      },
      approveRemovals: async ({ hash }) => {
        if (pending?.hash !== hash) throw approvalMoved(COMMIT, pending?.hash ?? null);
        pending = null;
        observed.touch();
      },
    }),
  });
});

afterAll(async () => {
  await browser?.close();
  await server?.[Symbol.asyncDispose]();
});

afterEach(() => {
  [rewind, pending] = [null, null];
});

test.each([{ theme: 'light' }, { theme: 'dark', width: 380 }] as const)(
  'the banner of a rewound main leads to both commits, and goes when a person lets main count: %j',
  async (options) => {
    if (browser === null || server === undefined) return;
    rewind = { commit: COMMIT, last: LAST, reason: 'aaaaaaa is older than bbbbbbb, which the cluster runs' };
    observed.touch();
    const { page, faults } = await openPage(browser, server.address, options);
    await page.goto('/');
    await page.getByRole('button', { name: 'Review the commits' }).click();
    await page.getByRole('dialog', { name: 'Let main count for this cluster?' }).waitFor();
    // What is slotted into a dialog lies beside it in the tree: it is found through the element around both.
    const dialog = page.locator('cw-accept-rewind');
    await dialog.getByText('aaaaaaa is older than bbbbbbb').waitFor();
    expect(await dialog.getByRole('link', { name: 'aaaaaaa' }).getAttribute('href')).toContain(COMMIT);
    expect(await axeViolations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect(rewind).not.toBeNull();

    await page.getByRole('button', { name: 'Review the commits' }).click();
    await dialog.getByRole('button', { name: 'Let main count' }).click();
    await page.getByRole('button', { name: 'Review the commits' }).waitFor({ state: 'detached' });
    expect(rewind).toBeNull();
    expect(faults).toEqual([]);
    await page.context().close();
  },
);

test('removals above the budget are approved by the number of bots that were shown, and a list that moved meanwhile is refused', async () => {
  if (browser === null || server === undefined) return;
  const waiting = (hash: string, names: readonly string[]): PendingRemovals => ({
    ...{ commit: COMMIT, hash, count: names.length, limit: 3 },
    sentence: `Removals wait for an approval: ${names.length} bots would be removed`,
    removals: names.map((unit) => ({ unit, kind: 'bot', data: 'destroy', wait: 'approval', until: null })),
  });
  pending = waiting('0123456789ab', ['bot-a', 'bot-b', 'bot-c', 'bot-d']);
  observed.touch();
  const { page, faults } = await openPage(browser, server.address);
  await page.goto('/');
  await page.getByRole('button', { name: 'Review the removals' }).click();
  await page.getByRole('dialog', { name: 'Remove these bots?' }).waitFor();
  const dialog = page.locator('cw-approve-removals');
  await dialog.getByText('bot-d').waitFor();
  expect(await axeViolations(page)).toEqual([]);
  const number = dialog.getByLabel(/how many these are/);
  const approve = dialog.getByRole('button', { name: 'Approve the removal' });
  await number.fill('3');
  await approve.click({ force: true });
  expect(pending).not.toBeNull();
  await number.fill('4');
  await dialog.getByText('The number is right.').waitFor();

  pending = waiting('ba9876543210', ['bot-a', 'bot-b', 'bot-c', 'bot-d', 'bot-e']);
  observed.touch();
  await dialog.getByText('bot-e').waitFor();
  await approve.click({ force: true });
  expect(pending).not.toBeNull();
  await number.fill('5');
  await approve.click();
  await page.getByRole('button', { name: 'Review the removals' }).waitFor({ state: 'detached' });
  expect(pending).toBeNull();
  expect(faults).toEqual([]);
  await page.context().close();
});
