import { expect, vi } from 'vitest';
import type { FleetRestorePreview } from '../../../server/http/schemas/history.ts';
import { clusterConnector } from '../../../server/services/cluster/connect.ts';
import { clusterTest as test } from '../../control-plane/cluster-test.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { startTestServer } from '../running-server.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };

test('a fleet that a change broke is restored: old values run on the same volumes, who was removed is back with its key, and nobody else is touched', async ({
  cluster,
  kubectl,
  namespace,
}) => {
  await using server = await startTestServer({
    connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
  });
  const get = async (what: string, path: string): Promise<string> =>
    (await kubectl(['get', what, '-n', namespace, '-o', `jsonpath=${path}`])).stdout;
  const volumes = (): Promise<string> => get('pvc', '{range .items[*]}{.metadata.name}={.metadata.uid} {end}');
  const image = (bot: string): Promise<string> => get(`deploy/${bot}`, '{.spec.template.spec.containers[0].image}');
  const write = async (method: string, path: string, body?: unknown): Promise<void> => {
    const { status, text } = await server.call(method, path, body);
    expect([200, 201, 202], `${path}: ${text}`).toContain(status);
  };
  const until = (bot: string, wanted: Record<string, unknown>): Promise<void> =>
    vi.waitFor(async () => {
      const { body } = await server.call('GET', `instances/${bot}`);
      expect(body).toMatchObject({ sync: 'applied', ...wanted });
    }, PATIENCE);
  const preview = async (): Promise<FleetRestorePreview> =>
    (await server.call('POST', 'restore/preview', { to: then })).body as unknown as FleetRestorePreview;
  const untilGone = (bot: string): Promise<void> =>
    vi.waitFor(async () => expect((await server.call('GET', `instances/${bot}`)).status).toBe(404), PATIENCE);

  await write('PUT', 'settings', { namespace, image: 'fixture/bot:1' });
  for (const name of ['Bot Alpha', 'Bot Beta']) await write('POST', 'instances', { display_name: name });
  await write('POST', 'instances', { display_name: 'Bot Gamma', anthropic_api_key: 'sk-ant-canary-0123456789' });
  for (const bot of ['bot-alpha', 'bot-beta', 'bot-gamma']) await until(bot, { status: 'running' });
  const then = String((await server.call('GET', 'fleet')).body.head);
  const claims = await volumes();

  // Somebody's own object beside ours, and then a change that breaks all: image, memory, one bot gone, one that is new.
  await kubectl(['create', 'configmap', 'of-somebody', '-n', namespace]);
  await write('PUT', 'settings', { image: 'fixture/no-such-image:2' });
  await write('PUT', 'instances/bot-alpha', { memory_limit: '9Gi' });
  await write('POST', 'instances/bot-beta/stop');
  await write('DELETE', 'instances/bot-gamma?data=retain');
  await write('POST', 'instances', { display_name: 'Bot Delta' });
  await until('bot-alpha', { memory_limit: '9Gi' });
  await untilGone('bot-gamma');
  await until('bot-delta', {});
  expect(await image('bot-alpha')).toBe('fixture/no-such-image:2');

  const { removes, notes } = await preview();
  expect(removes).toEqual(['bot-delta']);
  expect(notes.join('\n')).toMatch(/bot-gamma: It takes over the volumes that were kept of it: bot-gamma-chrome/);
  await write('POST', 'restore', { to: then, remove: ['bot-delta'] });

  for (const bot of ['bot-alpha', 'bot-beta', 'bot-gamma']) await until(bot, { status: 'running' });
  await untilGone('bot-delta');
  for (const bot of ['bot-alpha', 'bot-beta', 'bot-gamma']) expect(await image(bot)).toBe('fixture/bot:1');
  expect(await get('deploy/bot-alpha', '{.spec.template.spec.containers[0].resources.limits.memory}')).toBe('4Gi');
  const key = await get('secret/bot-gamma-anthropic-api-key', '{.data.ANTHROPIC_API_KEY}');
  expect(Buffer.from(key, 'base64').toString()).toBe('sk-ant-canary-0123456789');
  // Those of then are the same ones, and those of the bot that went are kept.
  const now = await volumes();
  for (const claim of claims.trim().split(' ')) expect(now).toContain(claim);
  expect(now.match(/bot-delta-\w+=/g)).toHaveLength(4);
  expect(await get('cm/of-somebody', '{.metadata.name}')).toBe('of-somebody');
  expect((await preview()).effect.bots).toEqual([]);
  expect(JSON.stringify(server.lines)).not.toContain('canary');
});
