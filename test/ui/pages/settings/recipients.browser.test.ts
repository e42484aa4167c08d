import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeIdentity } from '../../../server/secrets/fixtures.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { axeViolations, openBrowser, openPage, startDashboard } from '../../browser.ts';

test('a recipient that a commit adds is shown on an open settings page, and keys are sealed for it once a person accepts', async ({
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('no Chromium');
  try {
    await using server = await startDashboard(true);
    const bare = join(server.data, 'instances.git');
    const own = server.running.context.identity?.identity.recipients[0] ?? '';
    const [added = ''] = (await makeIdentity()).recipients;
    const setKey = (value: string) => server.call('PUT', 'settings', { openai_api_key: value });
    const sealedFor = (): (string | undefined)[] => {
      const file = git(bare, 'show', 'main:secrets/global/openai-api-key.yaml');
      return [...file.matchAll(/recipient: (\S+)/g)].map(([, recipient]) => recipient).sort();
    };
    const { page, faults } = await openPage(browser, server.address);
    await page.goto('/settings');
    await page.getByText('Global API keys').first().waitFor();
    const panel = page.getByRole('region', { name: 'Recipients of API keys changed' });
    expect(await panel.count()).toBe(0);
    // Nothing to say takes no place: between neighbours an empty element would still leave a gap.
    expect(await page.locator('cw-recipients').evaluate((element) => getComputedStyle(element).display)).toBe('none');

    const checkout = tempFolder();
    git(checkout, 'clone', '-q', bare, '.');
    const file = join(checkout, 'claworc.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace(`- ${own}`, `- ${own}\n    - ${added}`));
    git(checkout, 'commit', '-qam', 'Another recipient');
    git(checkout, 'push', '-q', 'origin', 'HEAD:main');

    await panel.waitFor();
    expect(await panel.locator('code').allInnerTexts()).toEqual([added]);
    expect(await panel.innerText()).toContain('Added: could open every key that is set from now on');
    expect(await axeViolations(page)).toEqual([]);
    expect((await setKey('sk-0123456789-0123456789')).status).toBe(200);
    expect(sealedFor()).toEqual([own]);

    await panel.getByRole('button', { name: 'Accept these recipients' }).click();
    await panel.waitFor({ state: 'detached' });
    expect((await setKey('sk-9876543210-9876543210')).status).toBe(200);
    expect(sealedFor()).toEqual([own, added].sort());
    await page.reload();
    await page.getByText('Global API keys').first().waitFor();
    expect(await panel.count()).toBe(0);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});
