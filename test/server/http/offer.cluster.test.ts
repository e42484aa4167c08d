import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { clusterTest as test } from '../../control-plane/cluster-test.ts';
import { clusterConnector } from '../../../server/services/cluster/connect.ts';
import { startTestServer, type TestServer } from '../running-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };
const stateOf = async (server: TestServer) => (await server.call('GET', 'fleet')).body.cluster;

describe('a cluster that nobody named', () => {
  test('is offered and not written to, used once it is accepted, and remembered', async ({
    cluster,
    kubectl,
    namespace,
  }) => {
    const data = await mkdtemp(join(tmpdir(), 'claworc-offer-'));
    const options = { data, connectCluster: clusterConnector({ env: { KUBECONFIG: cluster.kubeconfig } }) };
    const count = async (): Promise<number> =>
      (
        await kubectl(['get', 'deployments,pvc,configmaps', '-n', namespace, '-l', 'managed-by=claworc', '-o', 'name'])
      ).stdout
        .split('\n')
        .filter(Boolean).length;
    {
      await using server = await startTestServer(options);
      await server.call('PUT', 'settings', { namespace });
      await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
      await vi.waitFor(async () => expect(await stateOf(server)).toMatchObject({ state: 'offered' }), PATIENCE);
      const offer = await stateOf(server);
      expect(offer).toMatchObject({ context: 'claworc-test', server: cluster.server });
      expect((await server.call('GET', 'instances/bot-alpha')).body.sync).toBe('published');
      expect((await server.call('GET', 'health')).body).toMatchObject({ status: 'degraded' });
      expect((await server.call('POST', 'cluster/accept', { context: 'another' })).body.code).toBe('conflict');
      const plan = (await server.call('GET', 'cluster/plan')).body;
      expect(plan).toMatchObject({ context: 'claworc-test', server: cluster.server, namespace });
      expect(plan.units).toContainEqual(
        expect.objectContaining({
          name: 'bot-alpha',
          state: 'present',
          actions: expect.arrayContaining([
            { action: 'create', kind: 'Deployment', name: 'bot-alpha', reason: '', effect: 'none' },
          ]) as unknown,
        }),
      );
      expect(await count()).toBe(0);

      const accepted = await server.call('POST', 'cluster/accept', { context: 'claworc-test' });

      expect(accepted.status).toBe(200);
      await vi.waitFor(async () => {
        expect((await server.call('GET', 'instances/bot-alpha')).body).toMatchObject({
          status: 'running',
          sync: 'applied',
        });
      }, PATIENCE);
      expect(await count()).toBeGreaterThan(5);
      expect((await server.call('POST', 'cluster/accept')).body.code).toBe('conflict');
    }
    {
      await using server = await startTestServer(options);
      await vi.waitFor(async () => expect(await stateOf(server)).toMatchObject({ state: 'connected' }), PATIENCE);
      await server.call('DELETE', 'instances/bot-alpha?data=destroy');
      await vi.waitFor(async () => expect(await count()).toBeLessThanOrEqual(1), PATIENCE);
    }
    await rm(data, { recursive: true, force: true });
  });
});
