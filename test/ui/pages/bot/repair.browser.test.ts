import { resolve } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ensureUiBuilt } from '../../../../server/cli/build-ui.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { openBrowser, openPage } from '../../browser.ts';
import { looping, onLostNode, TroubledFleet, waiting } from './repair-fixture.ts';

const ROOT = resolve(import.meta.dirname, '../../../..');
const WAIT = { timeout: PATIENCE_MS, interval: 50 };
const REFUSED = 'pulling "127.0.0.1:5002/lab/moltbot:1" failed: 401 Unauthorized';

let browser: Browser | null = null;
let fleet: TroubledFleet;
beforeAll(async () => {
  browser = await openBrowser();
  fleet = await TroubledFleet.start((await ensureUiBuilt(ROOT, () => undefined)).folder);
});
afterAll(async () => {
  await browser?.close();
  await fleet[Symbol.asyncDispose]();
});

/** The banner of a bot in error. */
async function bannerOf(page: Page, name: string, cause: string): Promise<Locator> {
  await page.goto(`/instances/${name}`);
  const banner = page.getByRole('region', { name: cause });
  await banner.waitFor();
  return banner;
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let at = document.activeElement;
    for (let inner = at; inner !== null; inner = inner.shadowRoot?.activeElement ?? null) at = inner;
    return at?.id ?? '';
  });

interface Case {
  readonly fields?: object;
  readonly bring: (name: string) => void;
  readonly cause: string;
  readonly button: string;
  /** What the place shows. */
  readonly shows?: (page: Page) => Locator;
  /** The field that has the keyboard. */
  readonly focus?: string;
}

const tell =
  (status: object, spec?: object) =>
  (name: string): void =>
    fleet.tellPod(name, { status, ...(spec && { spec }) });

const CASES: Readonly<Record<string, Case>> = {
  'bot-image-own': {
    fields: { image: 'ghcr.io/acme/moltbot:typo' },
    bring: tell(waiting('InvalidImageName', '')),
    cause: 'Error: Image name is not valid',
    button: 'Edit image',
    focus: 'image',
  },
  'bot-image-of-fleet': {
    bring: tell(waiting('InvalidImageName', '')),
    cause: 'Error: Image name is not valid',
    button: 'Edit the fleet’s image',
    focus: 'image',
  },
  'bot-resources': {
    bring: tell(looping(137, 'OOMKilled')),
    cause: 'Error: Out of memory',
    button: 'Edit resources',
    focus: 'memory_limit',
  },
  'bot-ports': {
    fields: { vnc_exposure: 'nodePort' },
    bring: (name) => fleet.takePort(name),
    cause: 'The change was refused',
    button: 'Choose other ports',
    focus: 'nodeport_chrome',
  },
  'bot-volume': {
    bring: (name) => fleet.loseVolume(name),
    cause: 'Error: Volume is lost',
    button: 'Show volumes',
    shows: (page) => page.getByRole('heading', { name: 'PersistentVolumeClaim', exact: true }),
  },
  'bot-config': {
    bring: tell(waiting('CreateContainerConfigError', 'configmap "extra" not found')),
    cause: 'Error: Container cannot be made',
    button: 'Edit config',
    shows: (page) => page.locator('cw-json-editor'),
  },
  'bot-key': {
    bring: tell(waiting('CreateContainerConfigError', 'secret "bot-key-keys" not found')),
    cause: 'Error: Key is missing in the cluster',
    button: 'Change keys',
    shows: (page) => page.getByRole('button', { name: /^Set own Anthropic/ }),
  },
  'bot-log': {
    bring: tell(looping(1, 'Error')),
    cause: 'Error: Crash loop',
    button: 'Open log',
    shows: (page) => page.getByRole('log'),
  },
  'bot-pull-secret-unnamed': {
    bring: tell(waiting('ErrImagePull', REFUSED)),
    cause: 'Error: Registry refuses the image',
    button: 'Edit the fleet’s image',
    focus: 'image',
  },
};

test.for(Object.entries(CASES))(
  'the main button of a bot in trouble (%s) leads to what can mend it',
  async ([name, { fields, bring, cause, button, shows, focus }], { skip }) => {
    if (browser === null) return skip('no Chromium');
    await fleet.create(name, fields);
    bring(name);
    const { page, faults } = await openPage(browser, fleet.server.address);

    const banner = await bannerOf(page, name, cause);
    const main = banner.locator('.btn--primary');
    await expect.poll(() => main.allInnerTexts(), WAIT).toEqual([button]);
    await main.click();

    await shows?.(page).waitFor();
    if (focus !== undefined) await expect.poll(() => focused(page), WAIT).toBe(focus);
    expect(faults).toEqual([]);
    await page.context().close();
  },
);

test.for([
  [
    'bot-pull-secret',
    'Error: Registry refuses the image',
    /^kubectl -n claworc create secret docker-registry ghcr-secret /,
    'make the pull secret ghcr-secret',
    tell(waiting('ErrImagePull', REFUSED), { imagePullSecrets: [{ name: 'ghcr-secret' }] }),
  ],
  [
    'bot-node',
    'Error: Node lab does not answer',
    /^kubectl -n claworc delete pod bot-node-5d-x --force /,
    'Bring node lab back',
    tell(onLostNode()),
  ],
] as const)(
  'where no page mends it (%s), the main button copies the command that stands above it',
  async ([name, cause, command, words, bring], { skip }) => {
    if (browser === null) return skip('no Chromium');
    await fleet.create(name);
    bring(name);
    const { page, faults } = await openPage(browser, fleet.server.address);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);

    const banner = await bannerOf(page, name, cause);
    const main = banner.locator('.btn--primary');
    await expect.poll(() => main.allInnerTexts(), WAIT).toEqual(['Copy command']);
    const shown = await banner.locator('code').innerText();
    expect(shown).toMatch(command);
    expect(await banner.innerText()).toContain(words);
    await main.click();

    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(shown);
    expect(faults).toEqual([]);
    await page.context().close();
  },
);
