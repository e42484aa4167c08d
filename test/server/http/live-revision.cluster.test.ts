import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { clusterTest as test } from '../../control-plane/cluster-test.ts';
import { clusterConnector } from '../../../server/services/cluster/connect.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { startTestServer } from '../running-server.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };

test('the cluster runs the commit that rendered a pushed record, and still that one when another bot changes', async ({
  cluster,
  namespace,
}) => {
  await using server = await startTestServer({
    connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
  });
  const bot = async (name: string) => (await server.call('GET', `instances/${name}`)).body;
  const runs = (name: string, commit: unknown): Promise<void> =>
    vi.waitFor(async () => {
      expect(await bot(name)).toMatchObject({ sync: 'applied', revision: commit, live_revision: commit });
    }, PATIENCE);
  await server.call('PUT', 'settings', { namespace });
  const alpha = await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await runs('bot-alpha', alpha.body.revision);

  const bare = join(server.data, 'instances.git');
  const checkout = tempFolder();
  git(checkout, 'clone', '-q', bare, '.');
  const file = join(checkout, 'instances/bot-alpha.yaml');
  writeFileSync(file, `${readFileSync(file, 'utf8').trimEnd()}\n  state: stopped\n`);
  git(checkout, 'commit', '-qam', 'Stop it');
  git(checkout, 'push', '-q', 'origin', 'HEAD:main');
  const pushed = git(checkout, 'rev-parse', 'HEAD').trim();
  await vi.waitFor(async () => {
    expect(await bot('bot-alpha')).toMatchObject({ status: 'stopped', sync: 'applied' });
  }, PATIENCE);
  const rendered = git(bare, 'log', '-1', '--format=%H', 'main', '--', 'dist/bot-alpha').trim();

  expect(rendered).not.toBe(pushed);
  await runs('bot-alpha', rendered);
  const beta = await server.call('POST', 'instances', { display_name: 'Bot Beta' });
  await runs('bot-beta', beta.body.revision);
  await runs('bot-alpha', rendered);
  const { revision, live_revision } = (await server.call('GET', 'instances/bot-alpha/manifests')).body;
  expect([revision, live_revision]).toEqual([rendered, rendered]);
});
