import { request } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createMetrics } from '../../../server/lib/metrics/metrics.ts';
import { serveMetrics } from '../../../server/http/serve-metrics.ts';
import { observedOf, observedUnit, connectObserved } from '../reconcile/observed-fixture.ts';
import { startTestServer, type TestServerOptions } from '../running-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

async function start(options: TestServerOptions = {}) {
  const server = await startTestServer(options);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

/** What somebody is answered who names the server otherwise, which `fetch` can't do. */
function askAs(host: string, url: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(url, { headers: { host } }, (answer) => resolve(answer.resume().statusCode))
      .on('error', reject)
      .end();
  });
}

test('/metrics tells of the process, publishing, the cluster and the database', async () => {
  const server = await start();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await vi.waitFor(
    async () => {
      const { status, headers, text } = await server.call('GET', '/metrics');
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      expect(text).toMatch(/^claworc_publish_duration_seconds_count 1$/m);
      expect(text).toMatch(/^claworc_edits_total\{result="published"\} 1$/m);
      expect(text).toMatch(/^claworc_git_state\{state="following"\} 1$/m);
      expect(text).toMatch(/^claworc_cluster_state\{state="none"\} 1$/m);
      expect(text).toMatch(/^claworc_drafts\{state="pending"\} 0$/m);
      expect(text).toMatch(/^claworc_database_size_bytes [1-9]\d+$/m);
      expect(text).toMatch(/^claworc_build_info\{version="0.0.0-test"\} 1$/m);
      expect(text).toMatch(/^nodejs_eventloop_lag_seconds 0\.\d+/m);
    },
    { timeout: PATIENCE_MS },
  );
});

test('each bot is told by its conditions, unless that was turned off', async () => {
  const observed = observedOf();
  observed.set(observedUnit('bot-alpha', { sync: 'applied' }));
  observed.set(observedUnit('bot-beta', { sync: 'drifted', status: 'error' }));
  const connectCluster = connectObserved(observed);

  const { text } = await (await start({ connectCluster })).call('GET', '/metrics');
  expect(text).toContain('claworc_bot_condition{bot="bot-alpha",condition="Ready"} 1\n');
  expect(text).toContain('claworc_bot_condition{bot="bot-beta",condition="Synced"} 0\n');
  expect(text).toContain('claworc_bots{sync="drifted",status="error"} 1\n');

  const nameless = await (await start({ connectCluster, botMetrics: false })).call('GET', '/metrics');
  expect(nameless.text).toContain('claworc_bots{sync="drifted",status="error"} 1\n');
  expect(nameless.text).not.toContain('bot-');
});

test.each([
  ['the address of a pod, as Prometheus asks', '10.1.2.3:8080', 200],
  ['an IPv6 address', '[fd00::7]:8080', 200],
  ['a name that somebody rebound', 'evil.example:8080', 403],
])('/metrics under %s', async (_name, host, status) => {
  const server = await start();
  expect(await askAs(host, `${server.address}/metrics`)).toBe(status);
  expect(await askAs(host, `${server.address}/api/v1/instances`)).toBe(403);
});

test('a page of another site gets no figures', async () => {
  const server = await start();
  const { status } = await server.call('GET', '/metrics', undefined, { 'sec-fetch-site': 'cross-site' });
  expect(status).toBe(403);
});

test('a process without pages answers /metrics alone, under the same rules', async () => {
  const metrics = createMetrics();
  metrics.read({ name: 'whole', help: 'Whole.', type: 'gauge' }, () => 1);
  const served = await serveMetrics(metrics, '127.0.0.1', 0);
  onTestFinished(() => served.close());

  const answer = await fetch(served.url);
  expect([answer.status, await answer.text()]).toEqual([200, '# HELP whole Whole.\n# TYPE whole gauge\nwhole 1\n']);
  expect((await fetch(served.url.replace('/metrics', '/'))).status).toBe(404);
  expect((await fetch(served.url, { method: 'POST' })).status).toBe(404);
  expect(await askAs('evil.example', served.url)).toBe(403);
  await expect(serveMetrics(metrics, '127.0.0.1', Number(new URL(served.url).port))).rejects.toThrow(/is taken/);
});
