import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, vi } from 'vitest';
import { loadConnection } from '../../../server/cluster/connection.ts';
import { openPortForward } from '../../../server/cluster/port-forward.ts';
import { clusterTest } from '../../control-plane/cluster-test.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { setPodForwards } from '../../control-plane/pod-overrides.ts';
import { takeFreePort } from '../../control-plane/ports.ts';
import { waitUntil } from '../../control-plane/ready.ts';
import { listenTcp } from '../vnc/loopback.ts';
import { deletePod, runPod, tokenFor } from './pods.ts';

const test = clusterTest.extend<{ forwardTo: (port: number) => Promise<ForwardTarget> }>({
  /** A running pod whose port 5901 is a port of this machine. */
  forwardTo: async ({ cluster, kubectl, namespace }, use) => {
    await use(async (port) => {
      await runPod(kubectl, namespace, 'bot');
      await setPodForwards(kubectl, { namespace, name: 'bot' }, { 5901: port });
      const connection = await loadConnection({ kubeconfig: cluster.kubeconfig });
      return { connection, target: { namespace, pod: 'bot', port: 5901 } };
    });
  },
});

interface ForwardTarget {
  readonly connection: Awaited<ReturnType<typeof loadConnection>>;
  readonly target: { readonly namespace: string; readonly pod: string; readonly port: number };
}

/** KWOK learns of a new forward within a second; until then it refuses. */
async function openWhenForwarded({ connection, target }: ForwardTarget) {
  for (;;) {
    const stream = await openPortForward(connection, target);
    const first = await Promise.race([
      once(stream, 'readable').then(() => 'ready'),
      once(stream, 'close').then(() => 'closed'),
    ]).catch(() => 'closed');
    if (first === 'ready') return stream;
    await vi.waitFor(() => Promise.resolve());
  }
}

test('carries bytes both ways unchanged and ends when the pod closes', async ({ forwardTo }) => {
  const received: Buffer[] = [];
  await using pod = await listenTcp((socket) => {
    socket.write('hello');
    socket.on('data', (chunk) => {
      received.push(chunk);
      if (Buffer.concat(received).length === 300_000) socket.end(Buffer.alloc(700_000, 5));
    });
  });
  const stream = await openWhenForwarded(await forwardTo(pod.port));

  stream.write(Buffer.alloc(300_000, 4));
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);

  expect(Buffer.concat(received)).toEqual(Buffer.alloc(300_000, 4));
  expect(Buffer.concat(chunks)).toEqual(Buffer.concat([Buffer.from('hello'), Buffer.alloc(700_000, 5)]));
});

test('a reader that stops stops the pod, for longer than the pings last, and it goes on where it was', async ({
  forwardTo,
}) => {
  const total = 128 * 1024 * 1024;
  const chunk = Buffer.alloc(1024 * 1024, 1);
  let written = 0;
  const flood = async (socket: Socket): Promise<void> => {
    for (; written < total; written += chunk.length) {
      if (!socket.write(chunk)) await once(socket, 'drain');
    }
    socket.end();
  };
  await using pod = await listenTcp((socket) => void flood(socket).catch(() => undefined));
  const { connection, target } = await forwardTo(pod.port);
  const before = process.memoryUsage();
  const stream = await openWhenForwarded({ connection, target: { ...target, pingMs: 50 } as typeof target });

  let last = -1;
  await vi.waitFor(
    () => {
      const isStill = written === last;
      last = written;
      expect(isStill).toBe(true);
    },
    { interval: 400, timeout: 20_000 },
  );
  expect(written).toBeLessThan(total);
  expect(stream.readableLength).toBeLessThan(1024 * 1024);
  expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(24 * 1024 * 1024);
  let seen = 0;
  for await (const data of stream) seen += (data as Buffer).length;
  expect(seen).toBe(total);
});

test('destroying it closes the connection in the pod', async ({ forwardTo }) => {
  const closed = vi.fn();
  await using pod = await listenTcp((socket) => {
    socket.write('hello');
    socket.resume().on('close', closed);
  });
  const stream = await openWhenForwarded(await forwardTo(pod.port));

  stream.destroy();

  await vi.waitFor(() => expect(closed).toHaveBeenCalled(), { timeout: 10_000 });
});

test('a port that nobody listens on is an error with the reason', async ({ forwardTo }) => {
  const { connection, target } = await forwardTo(await takeFreePort());

  await vi.waitFor(
    async () => {
      const stream = await openPortForward(connection, target);
      const [error] = (await once(stream.resume(), 'error')) as [unknown];
      expect(error).toMatchObject({
        code: 'cluster_refused',
        message: expect.stringMatching(/^The kubelet can't reach the port: connection refused\.$/) as string,
      });
    },
    { timeout: 10_000 },
  );
});

test('a pod that is gone is not_found', async ({ forwardTo, kubectl, namespace }) => {
  const { connection, target } = await forwardTo(await takeFreePort());
  await deletePod(kubectl, namespace, 'bot');

  await expect(openPortForward(connection, target)).rejects.toMatchObject({ code: 'not_found' });
});

test.for([
  ['get', ['create']],
  ['create', ['get']],
] as const)('a missing right to %s is named', async ([missing, verbs], { forwardTo, kubectl, namespace }) => {
  const { connection, target } = await forwardTo(await takeFreePort());
  const token = await tokenFor(kubectl, namespace, [{ apiGroups: [''], resources: ['pods/portforward'], verbs }]);
  const viewer = {
    ...connection,
    tls: connection.tls,
    headers: () => Promise.resolve({ Authorization: `Bearer ${token}` }),
  };

  await expect(openPortForward(viewer, target)).rejects.toMatchObject({
    code: 'forbidden',
    message: `Claworc lacks the right to ${missing} pods/portforward in ${namespace}.`,
  });
});

test('credentials that are refused are read anew, once', async ({ forwardTo }) => {
  await using pod = await listenTcp((socket) => socket.write('hello'));
  const { connection, target } = await forwardTo(pod.port);
  await openWhenForwarded({ connection, target }).then((stream) => stream.destroy());
  const renew = vi.fn(() => Promise.resolve());
  const stale = {
    ...connection,
    tls: connection.tls,
    renew,
    headers: () =>
      renew.mock.calls.length > 0 ? connection.headers() : Promise.resolve({ Authorization: 'Bearer old' }),
  };

  const stream = await openPortForward(stale, target);

  expect(((await once(stream, 'data')) as [Buffer])[0].toString()).toBe('hello');
  expect(renew).toHaveBeenCalledTimes(1);
  stream.destroy();
});

test('an API server that dies ends the stream, and one that is not there is cluster_unreachable', async () => {
  await using pod = await listenTcp((socket) => socket.write('hello'));
  await using plane = await startControlPlane({ screens: { chrome: pod.port } });
  await waitUntil(
    'the service account',
    async () => (await plane.kubectl(['get', 'serviceaccount', 'default'])).code === 0,
  );
  await runPod(plane.kubectl, 'default', 'bot');
  const connection = await loadConnection({ kubeconfig: plane.kubeconfig });
  const target = { namespace: 'default', pod: 'bot', port: 5901 };
  const stream = await openPortForward(connection, target);
  const closed = once(stream.on('error', () => undefined).resume(), 'close');

  await plane.apiServer.stop(0);

  await closed;
  expect(stream.destroyed).toBe(true);
  await expect(openPortForward(connection, target)).rejects.toMatchObject({
    code: 'cluster_unreachable',
    retryable: true,
  });
});
