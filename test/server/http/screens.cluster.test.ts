import { describe, expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { clusterTest as test } from '../../control-plane/cluster-test.ts';
import { setPodForwards } from '../../control-plane/pod-overrides.ts';
import { startXvnc } from '../../support/xvnc.ts';
import { clusterConnector } from '../../../server/services/cluster/connect.ts';
import { startTestServer } from '../running-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };

describe('a screen of a bot', () => {
  test('is a WebSocket with a ticket, through the API server to the pod', async ({ cluster, kubectl, namespace }) => {
    await using screen = await startXvnc();
    await using server = await startTestServer({
      connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
    });
    await server.call('PUT', 'settings', { namespace });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await vi.waitFor(async () => {
      expect((await server.call('GET', 'instances/bot-alpha')).body.status).toBe('running');
    }, PATIENCE);
    const pod = (await kubectl(['get', 'pod', '-n', namespace, '-l', 'app=bot-alpha', '-o', 'name'])).stdout
      .trim()
      .slice(4);
    await setPodForwards(kubectl, { namespace, name: pod }, { 5901: screen.port });

    const issued = await server.call('POST', 'instances/bot-alpha/screens/chrome/tickets', { mode: 'view' });
    expect(issued.status).toBe(201);
    expect(issued.body).toMatchObject({
      screen: 'chrome',
      url: expect.stringContaining('/api/v1/instances/bot-alpha') as string,
    });
    const socket = new WebSocket(`${server.address.replace('http', 'ws')}${issued.body.url as string}`, {
      origin: server.address,
    });
    const greeting = await new Promise<string>((resolve, reject) => {
      socket.once('message', (bytes: Buffer) => resolve(bytes.toString('latin1')));
      socket.once('close', (code, reason) => reject(new Error(`${code} ${reason.toString()}`)));
      socket.once('error', reject);
    });
    expect(greeting).toBe('RFB 003.008\n');
    socket.close();

    await server.call('POST', 'instances/bot-alpha/stop');
    // As long as its pod lives, its screen can be seen.
    await vi.waitFor(async () => {
      const stopped = await server.call('POST', 'instances/bot-alpha/screens/chrome/tickets');
      expect([stopped.status, stopped.body.code]).toEqual([409, 'conflict']);
    }, PATIENCE);
    expect(JSON.stringify(server.lines)).not.toContain(issued.body.ticket);
  });
});
