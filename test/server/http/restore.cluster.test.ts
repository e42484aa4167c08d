import { expect, vi } from 'vitest';
import { clusterTest as test } from '../../control-plane/cluster-test.ts';
import type { Change } from '../../../server/http/schemas/answers.ts';
import { clusterConnector } from '../../../server/services/cluster/connect.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { startTestServer } from '../running-server.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };
const KEPT = ['chrome', 'clawd', 'clawdbot', 'homebrew'].map((volume) => `bot-alpha-${volume}`);

test('a bot is restored while it lives and after it was deleted: its volumes, keys and settings are what was said before', async ({
  cluster,
  kubectl,
  namespace,
}) => {
  await using server = await startTestServer({
    connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
  });
  const get = async (what: string, path: string): Promise<string> =>
    (await kubectl(['get', what, '-n', namespace, '-o', `jsonpath=${path}`])).stdout;
  const volumes = async (): Promise<string> => get('pvc', '{range .items[*]}{.metadata.name}={.metadata.uid} {end}');
  const key = async (): Promise<string> =>
    Buffer.from(await get('secret/bot-alpha-anthropic-api-key', '{.data.ANTHROPIC_API_KEY}'), 'base64').toString();
  const history = async (): Promise<readonly Change[]> =>
    (await server.call('GET', 'instances/bot-alpha/history')).body as unknown as readonly Change[];
  const until = (wanted: Record<string, unknown>): Promise<void> =>
    vi.waitFor(async () => {
      const { body } = await server.call('GET', 'instances/bot-alpha');
      expect(body).toMatchObject({ sync: 'applied', ...wanted });
    }, PATIENCE);
  const untilNewest = (wanted: Partial<Change>): Promise<void> =>
    vi.waitFor(async () => expect((await history())[0]).toMatchObject(wanted), PATIENCE);
  const notes = async (to: string): Promise<string> => {
    const { body } = await server.call('POST', 'instances/bot-alpha/restore/preview', { to });
    return (body.notes as readonly string[]).join(' ');
  };
  await server.call('PUT', 'settings', { namespace });
  const created = await server.call('POST', 'instances', {
    display_name: 'Bot Alpha',
    anthropic_api_key: 'sk-ant-canary-first-0123456789',
    clawdbot_config: '{"agent": {"model": "opus"}}',
  });
  const first = created.body.revision ?? '';
  await until({ status: 'running' });
  await untilNewest({ state: 'applied', result: 'healthy', applied_as: first });
  const claims = await volumes();

  // Changed, its key replaced, and stopped.
  const write = async (method: string, path: string, body?: unknown, revision?: string): Promise<void> => {
    const { status } = await server.call(
      method,
      path,
      body,
      revision === undefined ? {} : { 'if-match': `"${revision}"` },
    );
    expect([200, 202], path).toContain(status);
  };
  await write('PUT', 'instances/bot-alpha', { memory_limit: '6Gi' });
  const { revision } = (await server.call('GET', 'instances/bot-alpha/config')).body;
  await write('PUT', 'instances/bot-alpha/config', { config: '{"agent": {"model": "sonnet"}}' }, revision ?? '');
  await write('PUT', 'instances/bot-alpha', { anthropic_api_key: 'sk-ant-canary-second-0123456789' });
  await write('POST', 'instances/bot-alpha/stop');
  await until({ status: 'stopped', memory_limit: '6Gi' });
  await untilNewest({ state: 'applied', result: 'stopped' });
  expect(await notes(first)).toMatch(
    /key ANTHROPIC_API_KEY keeps the value.*What is in its volumes stays as it is now/,
  );
  await write('POST', 'instances/bot-alpha/restore', { to: first });

  await until({ status: 'running', memory_limit: '4Gi' });
  await untilNewest({ state: 'applied', result: 'healthy' });
  expect(await get('configmap/bot-alpha-config', '{.data.clawdbot\\.json}')).toContain('opus');
  expect(await key()).toBe('sk-ant-canary-second-0123456789');
  expect(await volumes()).toBe(claims);

  // Deleted, its volumes kept.
  const last = (await server.call('GET', 'instances/bot-alpha')).body.revision ?? '';
  await write('DELETE', 'instances/bot-alpha?data=retain');
  await untilNewest({ action: 'remove', state: 'applied', result: 'gone', detail: `kept of it: ${KEPT.join(', ')}` });
  expect((await history())[0]?.healthy_at).toBe(null);
  expect(await notes(last)).toBe(`It takes over the volumes that were kept of it: ${KEPT.join(', ')}.`);
  await write('POST', 'instances/bot-alpha/restore', { to: last });

  await until({ status: 'running' });
  expect(await volumes()).toBe(claims);
  expect(await key()).toBe('sk-ant-canary-second-0123456789');

  // Deleted with its data.
  await write('DELETE', 'instances/bot-alpha?data=destroy');
  await untilNewest({ action: 'remove', result: 'gone', detail: 'nothing of it is left in the cluster' });
  expect(await volumes()).toBe('');
  expect(await notes(last)).toContain('Its volumes were destroyed with it, and stay destroyed');
  await write('POST', 'instances/bot-alpha/restore', { to: last });

  await until({ status: 'running' });
  const fresh = await volumes();
  for (const claim of claims.trim().split(' ')) expect(fresh).not.toContain(claim.split('=')[1] ?? claim);
  expect(JSON.stringify(server.lines)).not.toContain('canary');
});
