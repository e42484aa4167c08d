import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
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
import { PATIENCE_MS } from '../../support/patience.ts';

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

/** KWOK learns of a new forward within a second; until then it refuses. The pod must speak first. */
function openWhenForwarded({ connection, target }: ForwardTarget): Promise<Duplex> {
  const open = async (): Promise<Duplex> => {
    const stream = await openPortForward(connection, target);
    stream.on('error', () => undefined);
    await once(stream, 'readable');
    return stream;
  };
  return vi.waitFor(open, { timeout: PATIENCE_MS, interval: 200 });
}

async function readBytes(stream: Duplex, size: number): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk as Buffer]);
    if (bytes.length >= size) break;
  }
  return bytes;
}

async function countBytes(stream: Duplex, enough: number): Promise<number> {
  let seen = 0;
  for await (const chunk of stream.iterator({ destroyOnReturn: false })) {
    seen += (chunk as Buffer).length;
    if (seen >= enough) break;
  }
  return seen;
}

test('carries bytes both ways unchanged', async ({ forwardTo }) => {
  const received: Buffer[] = [];
  await using pod = await listenTcp((socket) => {
    socket.write('hello');
    socket.on('data', (chunk) => {
      received.push(chunk);
      if (Buffer.concat(received).length === 300_000) socket.write(Buffer.alloc(700_000, 5));
    });
  });
  const stream = await openWhenForwarded(await forwardTo(pod.port));

  stream.write(Buffer.alloc(300_000, 4));

  expect(await readBytes(stream, 700_005)).toEqual(Buffer.concat([Buffer.from('hello'), Buffer.alloc(700_000, 5)]));
  expect(Buffer.concat(received)).toEqual(Buffer.alloc(300_000, 4));
  stream.destroy();
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
  };
  await using pod = await listenTcp((socket) => void flood(socket).catch(() => undefined));
  const { connection, target } = await forwardTo(pod.port);
  const before = process.memoryUsage();
  // A silent peer counts as gone after three of them: long enough for a busy machine to answer one.
  const pingMs = 1_000;
  const stream = await openWhenForwarded({ connection, target: { ...target, pingMs } as typeof target });

  let last = -1;
  await vi.waitFor(
    () => {
      const isStill = written === last;
      last = written;
      expect(isStill).toBe(true);
    },
    { interval: 4 * pingMs, timeout: PATIENCE_MS },
  );
  expect(written).toBeLessThan(total);
  expect(stream.readableLength).toBeLessThan(1024 * 1024);
  expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(24 * 1024 * 1024);
  expect(await countBytes(stream, total)).toBe(total);
  stream.destroy();
});

test('destroying it closes the connection in the pod', async ({ forwardTo }) => {
  const closed = vi.fn();
  await using pod = await listenTcp((socket) => {
    // KWOK notices only when the pod has something to say.
    const talking = setInterval(() => socket.write('hello'), 20);
    socket.resume().on('close', () => {
      clearInterval(talking);
      closed();
    });
  });
  const stream = await openWhenForwarded(await forwardTo(pod.port));

  stream.destroy();

  await vi.waitFor(() => expect(closed).toHaveBeenCalled(), { timeout: PATIENCE_MS });
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
    { timeout: PATIENCE_MS },
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
  const closed = new Promise((resolve) => stream.once('close', resolve));
  stream.on('error', () => undefined).resume();

  await plane.apiServer.stop(0);

  await closed;
  expect(stream.destroyed).toBe(true);
  await expect(openPortForward(connection, target)).rejects.toMatchObject({
    code: 'cluster_unreachable',
    retryable: true,
  });
});
