import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { loadConnection, type ClusterConnection } from '../../../server/cluster/connection.ts';
import { followLogs, type FollowLogsOptions, type LogLine } from '../../../server/cluster/log-stream.ts';
import { clusterTest, type SharedControlPlane } from '../../control-plane/cluster-test.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import type { Kubectl } from '../../control-plane/kubectl.ts';
import { appendLog } from '../../control-plane/logs.ts';
import { setPodLog } from '../../control-plane/pod-overrides.ts';
import { waitUntil } from '../../control-plane/ready.ts';
import { deletePod, runPod, tokenFor } from './pods.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

interface Following {
  readonly lines: LogLine[];
  texts(): string[];
  /** Resolves when the log has ended, rejects when it failed. */
  readonly ended: Promise<void>;
  readonly stop: AbortController;
}

function follow(connection: ClusterConnection, options: Partial<FollowLogsOptions> & { namespace: string }): Following {
  const stop = new AbortController();
  const lines: LogLine[] = [];
  const read = async (): Promise<void> => {
    const all = { pod: 'bot', tail: 100, follow: true, silenceMs: 2_000, signal: stop.signal, ...options };
    for await (const line of followLogs(connection, all)) lines.push(line);
  };
  const ended = read();
  ended.catch(() => undefined);
  return { lines, texts: () => lines.map(({ text }) => text), ended, stop };
}

/** A running pod with a log file of its own that holds `first`. */
async function podWithLog(
  kubectl: Kubectl,
  { folder, namespace, name = 'bot', first }: { folder: string; namespace: string; name?: string; first: string[] },
): Promise<string> {
  const file = join(folder, `${namespace}-${name}.log`);
  await writeFile(file, '');
  await appendLog(file, first);
  await setPodLog(kubectl, { namespace, name }, file);
  await runPod(kubectl, namespace, name);
  await waitUntil('the log', async () => (await kubectl(['logs', '-n', namespace, name])).stdout.includes(first[0]!));
  return file;
}

const waitingSpec = {
  schedulingGates: [{ name: 'claworc.dev/test' }],
  containers: [{ name: 'moltbot', image: 'moltbot' }],
};
const connect = ({ kubeconfig }: SharedControlPlane): Promise<ClusterConnection> => loadConnection({ kubeconfig });
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `line ${from + index}`);

clusterTest(
  'gives the last lines with their times, then what is written, and stops when asked',
  async ({ cluster, kubectl, namespace }) => {
    const file = await podWithLog(kubectl, { folder: cluster.folder, namespace, first: numbered(1, 150) });
    const following = follow(await connect(cluster), { namespace, tail: 100 });
    await vi.waitFor(() => expect(following.texts()).toEqual(numbered(51, 150)), { timeout: PATIENCE_MS });

    await appendLog(file, ['hello']);

    await vi.waitFor(() => expect(following.texts().at(-1)).toBe('hello'), { timeout: PATIENCE_MS });
    expect(following.lines.at(-1)?.at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    following.stop.abort();
    await following.ended;
  },
);

clusterTest('without following it gives what is there and ends', async ({ cluster, kubectl, namespace }) => {
  await podWithLog(kubectl, { folder: cluster.folder, namespace, first: numbered(1, 5) });

  const following = follow(await connect(cluster), { namespace, tail: 3, follow: false });

  await following.ended;
  expect(following.texts()).toEqual(numbered(3, 5));
});

clusterTest('keeps odd text whole and cuts huge lines', async ({ cluster, kubectl, namespace }) => {
  const odd = ['héllo ✓ 日本 😀', '\u001b[31mred\u001b[0m', '', '  indented\t', 'x'.repeat(200_000), 'after'];
  await podWithLog(kubectl, { folder: cluster.folder, namespace, first: ['first', ...odd] });

  const following = follow(await connect(cluster), { namespace, follow: false });
  await following.ended;

  const texts = following.texts().slice(1);
  expect(texts.toSpliced(4, 1)).toEqual(odd.toSpliced(4, 1));
  expect(texts[4]).toMatch(/^x{60000,65536} … \[\d+ bytes more\]$/);
});

clusterTest('goes on with the pod that took the place of the first', async ({ cluster, kubectl, namespace }) => {
  const { folder } = cluster;
  await podWithLog(kubectl, { folder, namespace, name: 'old', first: ['old 1', 'old 2'] });
  const replaced = Promise.withResolvers<string>();
  const pod = vi.fn((previous: string | null) => (previous === null ? Promise.resolve('old') : replaced.promise));
  const following = follow(await connect(cluster), { namespace, pod, tail: 1 });
  await vi.waitFor(() => expect(following.texts()).toEqual(['old 2']), { timeout: PATIENCE_MS });

  await deletePod(kubectl, namespace, 'old');
  await podWithLog(kubectl, { folder, namespace, name: 'new', first: ['new 1', 'new 2'] });
  replaced.resolve('new');

  await vi.waitFor(() => expect(following.texts()).toEqual(['old 2', 'new 1', 'new 2']), { timeout: PATIENCE_MS });
  expect(pod).toHaveBeenLastCalledWith('old');
  following.stop.abort();
  await following.ended;
});

clusterTest('ends with its pod when it was given a name', async ({ cluster, kubectl, namespace }) => {
  await podWithLog(kubectl, { folder: cluster.folder, namespace, first: ['one'] });
  const following = follow(await connect(cluster), { namespace });
  await vi.waitFor(() => expect(following.texts()).toEqual(['one']), { timeout: PATIENCE_MS });

  await deletePod(kubectl, namespace, 'bot');

  await following.ended;
});

clusterTest('waits for a pod that has not started', async ({ cluster, kubectl, namespace }) => {
  const file = join(cluster.folder, `${namespace}-late.log`);
  await writeFile(file, '');
  await appendLog(file, ['up']);
  await setPodLog(kubectl, { namespace, name: 'bot' }, file);
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'bot', namespace }, spec: waitingSpec };
  await kubectl(['apply', '-f', '-'], { input: JSON.stringify(pod) });
  const connection = await connect(cluster);
  const following = follow(connection, { namespace });
  await expect(follow(connection, { namespace, follow: false }).ended).rejects.toMatchObject({
    code: 'cluster_refused',
  });

  const open = [{ op: 'remove', path: '/spec/schedulingGates' }];
  await kubectl(['patch', '-n', namespace, 'pod/bot', '--type=json', '-p', JSON.stringify(open)]);

  await vi.waitFor(() => expect(following.texts()).toEqual(['up']), { timeout: PATIENCE_MS });
  following.stop.abort();
  await following.ended;
});

clusterTest('says which right is missing', async ({ cluster, kubectl, namespace }) => {
  await podWithLog(kubectl, { folder: cluster.folder, namespace, first: ['one'] });
  const token = await tokenFor(kubectl, namespace, []);
  const admin = await connect(cluster);
  const viewer = { ...admin, tls: admin.tls, headers: () => Promise.resolve({ Authorization: `Bearer ${token}` }) };

  const following = follow(viewer, { namespace });

  await expect(following.ended).rejects.toMatchObject({
    code: 'forbidden',
    message: expect.stringContaining('pods/log') as string,
  });
});

clusterTest('survives restarts of the API server without a line lost or doubled', async () => {
  await using plane = await startControlPlane();
  const { kubectl } = plane;
  await waitUntil('the service account', async () => (await kubectl(['get', 'serviceaccount', 'default'])).code === 0);
  const namespace = 'default';
  const file = await podWithLog(kubectl, { folder: plane.folder, namespace, first: numbered(1, 3) });
  const following = follow(await loadConnection({ kubeconfig: plane.kubeconfig }), { namespace });
  await vi.waitFor(() => expect(following.texts()).toEqual(numbered(1, 3)), { timeout: PATIENCE_MS });

  // Before, while it is down and after; always more than one line in the same second, and at the same time.
  await appendLog(file, numbered(4, 9));
  await plane.apiServer.stop(0);
  await appendLog(file, numbered(10, 12));
  await plane.apiServer.start();
  await appendLog(file, numbered(13, 15));
  await vi.waitFor(() => expect(following.texts()).toEqual(numbered(1, 15)), { timeout: PATIENCE_MS });
  await plane.apiServer.stop(0);
  await plane.apiServer.start();
  await appendLog(file, numbered(16, 20));

  await vi.waitFor(() => expect(following.texts()).toEqual(numbered(1, 20)), { timeout: PATIENCE_MS });
  following.stop.abort();
  await following.ended;
});
