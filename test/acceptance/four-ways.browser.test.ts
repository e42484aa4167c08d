import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { clusterTest as test } from '../control-plane/cluster-test.ts';
import { openBrowser, openPage } from '../ui/browser.ts';
import { runClaworc, startClaworc } from './claworc-process.ts';
import { CONFIG, deleteTwoBots, editThreeBots, liveConfig, statusOf } from './flow-curl.ts';
import { clickThreeBots, clickTwoAway } from './flow-dashboard.ts';
import { destroyData, git, removeRecord, writeThreeBots } from './flow-git.ts';
import { distOnMain, expectLive, liveObjects, objectsOf, volumesOf } from './live-fleet.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const folder = mkdtempSync(join(tmpdir(), 'claworc-four-ways-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const WAIT = { timeout: PATIENCE_MS, interval: 200 } as const;
const THREE_BOTS = [...objectsOf('bot-one', 1), ...objectsOf('bot-two', 0), ...objectsOf('bot-three', 1)];
const AFTER_DELETING = [...objectsOf('bot-one', 1), ...volumesOf('bot-two')];

/** One namespace for all ways, so that the bytes can be equal; it is empty again before the next way begins. */
const rendered: Record<string, Record<string, string>> = {};

test('the dashboard: three bots, one stopped, one config, one deleted with its data and one without', async ({
  cluster,
  kubectl,
  namespace,
  skip,
}) => {
  const browser = await openBrowser();
  if (browser === null) return skip('there is no Chromium');
  const data = await initialised('dashboard', namespace);
  try {
    await using claworc = await startClaworc(['--data', data, '--kubeconfig', cluster.kubeconfig]);
    const { page, faults } = await openPage(browser, claworc.url);
    await clickThreeBots(page, kubectl, namespace);
    rendered.dashboard = withoutNamespace(await distOnMain(join(data, 'instances.git')), namespace);
    await clickTwoAway(page, kubectl, namespace);
    expect(faults).toEqual([]);
  } finally {
    await browser.close();
  }
});

test('curl: three bots, one stopped, one config, one deleted with its data and one without', async ({
  cluster,
  kubectl,
  namespace,
}) => {
  const data = await initialised('curl', namespace);
  await using claworc = await startClaworc(['--data', data, '--kubeconfig', cluster.kubeconfig]);
  await editThreeBots(claworc, kubectl, namespace);
  rendered.curl = withoutNamespace(await distOnMain(join(data, 'instances.git')), namespace);
  await deleteTwoBots(claworc, kubectl, namespace);
  expect(await claworc.stop()).toBe(0);
});

test('git push: the same bots and removals, typed by hand and pushed to main', async ({
  cluster,
  kubectl,
  namespace,
}) => {
  const data = await initialised('push', namespace);
  await using claworc = await startClaworc(['--data', data, '--kubeconfig', cluster.kubeconfig]);
  const clone = join(folder, 'push-clone');
  await git(folder, 'clone', '-q', join(data, 'instances.git'), clone);
  mkdirSync(join(clone, 'instances'), { recursive: true });

  writeThreeBots(clone, CONFIG);
  await commitAndPush(clone, 'Three bots');
  await expectLive(kubectl, namespace, THREE_BOTS);
  await expect.poll(() => statusOf(claworc, 'bot-one'), WAIT).toEqual(['running', 'applied']);
  expect(await liveConfig(kubectl, namespace, 'bot-one')).toBe(CONFIG);
  rendered['git push'] = withoutNamespace(await distOnMain(join(data, 'instances.git')), namespace);

  await git(clone, 'pull', '-q', '--ff-only');
  await removeTwoBots(clone);
  await commitAndPush(clone, 'Two bots leave');
  await expectLive(kubectl, namespace, AFTER_DELETING);
});

test('synth and apply: the same in a checkout with no database and no server', async ({
  cluster,
  kubectl,
  namespace,
}) => {
  const data = await initialised('apply', namespace);
  const clone = join(folder, 'apply-clone');
  await git(folder, 'clone', '-q', join(data, 'instances.git'), clone);
  mkdirSync(join(clone, 'instances'), { recursive: true });
  const connection = ['--repo', clone, '--kubeconfig', cluster.kubeconfig];

  writeThreeBots(clone, CONFIG);
  expect((await runClaworc(['synth', '--repo', clone])).code).toBe(0);
  await git(clone, 'add', '-A');
  await git(clone, 'commit', '-qm', 'Three bots');
  expect((await runClaworc(['verify', '--repo', clone])).code).toBe(0);
  expect((await runClaworc(['plan', ...connection])).code).toBe(3);
  expect(await liveObjects(kubectl, namespace)).toEqual([]);
  await applied(connection);
  await expectLive(kubectl, namespace, THREE_BOTS);
  rendered.apply = withoutNamespace(await distOnMain(clone), namespace);
  expect((await runClaworc(['plan', ...connection])).code).toBe(0);

  await removeTwoBots(clone);
  await git(clone, 'add', '-A');
  await git(clone, 'commit', '-qm', 'Two bots leave');
  await applied(connection);
  await expectLive(kubectl, namespace, AFTER_DELETING);
});

test('every way gave the same bytes under dist/', () => {
  expect(Object.keys(rendered)).toEqual(['dashboard', 'curl', 'git push', 'apply']);
  expect(Object.keys(rendered.curl ?? {})).toHaveLength(3 * 8);
  expect(rendered.dashboard).toEqual(rendered.curl);
  expect(rendered['git push']).toEqual(rendered.curl);
  expect(rendered.apply).toEqual(rendered.curl);
});

async function initialised(way: string, namespace: string): Promise<string> {
  const data = join(folder, way);
  const { code, stderr } = await runClaworc(['init', '--data', data, '--namespace', namespace]);
  expect(code, stderr).toBe(0);
  return data;
}

async function removeTwoBots(clone: string): Promise<void> {
  removeRecord(clone, 'bot-two');
  removeRecord(clone, 'bot-three');
  expect((await runClaworc(['synth', '--repo', clone])).code).toBe(0);
  destroyData(clone, 'bot-three');
}

async function commitAndPush(clone: string, message: string): Promise<void> {
  await git(clone, 'add', '-A');
  await git(clone, 'commit', '-qm', message);
  await git(clone, 'push', '-q', 'origin', 'HEAD:main');
}

async function applied(connection: readonly string[]): Promise<void> {
  const { code, stdout, stderr } = await runClaworc(['apply', ...connection]);
  expect(code, stdout + stderr).toBe(0);
}

/** Each way has a namespace of its own here; everything else has to be equal to the byte. */
function withoutNamespace(files: Record<string, string>, namespace: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [name, text.replaceAll(namespace, 'claworc-namespace')]),
  );
}
