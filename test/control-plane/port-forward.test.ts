import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { expect, vi } from 'vitest';
import { clusterTest as test } from './cluster-test.ts';
import { startControlPlane } from './control-plane.ts';
import type { Kubectl } from './kubectl.ts';
import { deployment, manifests } from './objects.ts';
import { setPodForwards } from './pod-overrides.ts';
import { takeFreePort } from './ports.ts';

test('a port-forward to a screen of any pod reaches the local target', async ({ cluster: _cluster }) => {
  await using target = await startTarget('RFB 003.008\n');
  await using plane = await startControlPlane({ screens: { chrome: target.port } });
  await startBot(plane.kubectl, 'default');

  const greeting = await forwardAndRead(plane.kubectl, 'default', 5901);

  expect(greeting).toBe('RFB 003.008\n');
});

test('one pod gets a target of its own while the cluster runs', async ({ kubectl, namespace }) => {
  await using target = await startTarget('hello\n');
  const name = await startBot(kubectl, namespace);

  await setPodForwards(kubectl, { namespace, name }, { 6081: target.port });

  expect(await forwardAndRead(kubectl, namespace, 6081)).toBe('hello\n');
});

async function startBot(kubectl: Kubectl, namespace: string): Promise<string> {
  await kubectl(['apply', '-n', namespace, '-f', '-'], { input: manifests(deployment('bot')) });
  await kubectl(['rollout', 'status', 'deployment/bot', '-n', namespace]);
  const { stdout } = await kubectl(['get', 'pod', '-l', 'app=bot', '-n', namespace, '-o', 'name']);
  return stdout.trim().replace('pod/', '');
}

async function startTarget(greeting: string): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => socket.end(greeting)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

async function forwardAndRead(kubectl: Kubectl, namespace: string, podPort: number): Promise<string> {
  const port = await takeFreePort();
  const stop = new AbortController();
  const args = ['port-forward', 'deployment/bot', `${port}:${podPort}`, '-n', namespace];
  const forwarding = kubectl(args, { signal: stop.signal });
  const read = async (): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return bytes.toString();
  };
  try {
    return await vi.waitFor(read, { timeout: 20_000, interval: 100 });
  } finally {
    stop.abort();
    await forwarding;
  }
}
