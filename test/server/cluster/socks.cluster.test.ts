import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import { parse } from 'yaml';
import { createApi } from '../../../server/cluster/api.ts';
import { type ClusterConnection, loadConnection } from '../../../server/cluster/connection.ts';
import { followLogs } from '../../../server/cluster/log-stream.ts';
import { openPortForward } from '../../../server/cluster/port-forward.ts';
import { PODS } from '../../../server/cluster/resources.ts';
import { watchOnce, type WatchEvent } from '../../../server/cluster/watch-stream.ts';
import { clusterTest } from '../../control-plane/cluster-test.ts';
import { appendLog } from '../../control-plane/logs.ts';
import { setPodForwards, setPodLog } from '../../control-plane/pod-overrides.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { startSocksServer } from '../../support/socks-server.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { listenTcp } from '../vnc/loopback.ts';
import { runPod } from './pods.ts';

clusterTest(
  'requests, watches, logs and port-forwards all go through a SOCKS proxy that a kubeconfig names',
  async ({ cluster, kubectl, namespace }) => {
    const folder = tempFolder();
    await using socks = await startSocksServer({ login: 'ann:pw' });
    const config = parse(await readFile(cluster.kubeconfig, 'utf8')) as { clusters: { cluster: object }[] };
    const proxyUrl = { 'proxy-url': `socks5://ann:pw@${socks.address}` };
    const clusters = config.clusters.map((each) => ({ ...each, cluster: { ...each.cluster, ...proxyUrl } }));
    await writeFile(join(folder, 'kubeconfig'), JSON.stringify({ ...config, clusters }));
    const log = join(folder, 'log');
    await appendLog(log, ['hello']);
    await setPodLog(kubectl, { namespace, name: 'bot' }, log);
    await runPod(kubectl, namespace, 'bot');
    await using screen = await listenTcp((socket) => void socket.write('RFB 003.008\n'));
    await setPodForwards(kubectl, { namespace, name: 'bot' }, { 5901: screen.port });
    const connection = await loadConnection({ kubeconfig: join(folder, 'kubeconfig'), env: {} });
    const api = createApi(connection);
    onTestFinished(() => api.http.close());
    const tunnels: number[] = [];

    const listed = await api.list(PODS, namespace);
    tunnels.push(socks.asked.length);
    const [event] = await firstEvents(api, namespace);
    tunnels.push(socks.asked.length);
    const line = await lastLine(connection, namespace);
    tunnels.push(socks.asked.length);
    const greeting = await vi.waitFor(() => greetingOf(connection, namespace), { timeout: PATIENCE_MS, interval: 200 });
    tunnels.push(socks.asked.length);

    expect(listed.ok && listed.value.items.map(({ metadata }) => metadata.name)).toEqual(['bot']);
    expect(event).toMatchObject({ type: 'put', object: { metadata: { name: 'bot' } } });
    expect(line).toBe('hello');
    expect(greeting).toBe('RFB 003.008\n');
    expect(tunnels).toEqual([...new Set(tunnels)].toSorted((one, other) => one - other));
    expect(new Set(socks.asked)).toEqual(new Set([new URL(connection.server).host]));
  },
);

async function firstEvents(api: ReturnType<typeof createApi>, namespace: string): Promise<readonly WatchEvent[]> {
  const events: WatchEvent[] = [];
  const stop = new AbortController();
  await watchOnce(api, PODS, namespace, {
    resourceVersion: '0',
    timeoutSeconds: 60,
    silenceMs: PATIENCE_MS,
    signal: stop.signal,
    onEvent: (event) => {
      events.push(event);
      stop.abort();
    },
  });
  return events;
}

async function lastLine(connection: ClusterConnection, namespace: string): Promise<string | undefined> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let last: string | undefined;
  for await (const { text } of followLogs(connection, { namespace, pod: 'bot', tail: 1, follow: false, signal })) {
    last = text;
  }
  return last;
}

/** What the port says first; KWOK learns of a new forward within a second, and refuses until then. */
async function greetingOf(connection: ClusterConnection, namespace: string): Promise<string> {
  const stream = await openPortForward(connection, { namespace, pod: 'bot', port: 5901 });
  try {
    const [chunk] = (await once(stream, 'data')) as [Buffer];
    return chunk.toString();
  } finally {
    stream.destroy();
  }
}
