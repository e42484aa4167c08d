import { describe, expect, test, vi } from 'vitest';
import { createApi } from '../../../server/cluster/api.ts';
import { loadConnection } from '../../../server/cluster/connection.ts';
import { startControlPlane } from '../../control-plane/control-plane.ts';
import { Cluster, hasPlane, plane } from './cluster-fixture.ts';
import { answer, startFaultProxy } from './fault-proxy.ts';
import { Loop, WAIT } from './loop-fixture.ts';
import { RepoFixture } from './repo-fixture.ts';

describe.skipIf(!hasPlane)('with faults', () => {
  test('goes on by itself when the API server comes back', async () => {
    await using own = await startControlPlane({ components: 'api' });
    const api = createApi(await loadConnection({ kubeconfig: own.kubeconfig }));
    const repo = await RepoFixture.create('bots');
    repo.record('bot-alpha').synth().commit();
    await using loop = new Loop({ api, repo });
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);

    await own.apiServer.stop();
    await vi.waitFor(() => expect(loop.reconciler.observed.connection().state).toBe('unreachable'), WAIT);
    expect(loop.reconciler.observed.connection().detail).toContain('does not answer');
    repo.record('bot-beta');
    const commit = loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-beta')).toMatchObject({ sync: 'published' }), WAIT);
    expect(loop.unit('bot-beta')?.reason).toContain('goes on by itself');

    await own.apiServer.start();
    await vi.waitFor(() => expect(loop.unit('bot-beta')).toMatchObject({ sync: 'applied', commit }), WAIT);
    expect(loop.reconciler.observed.connection().state).toBe('connected');
    await loop.stop();
    await api.http.close();
  }, 180_000);

  test('reads everything anew when etcd was put back to an earlier state, and brings the cluster to main again', async () => {
    await using own = await startControlPlane({ components: 'api' });
    const api = createApi(await loadConnection({ kubeconfig: own.kubeconfig }));
    const repo = await RepoFixture.create('bots');
    repo.record('bot-alpha').record('bot-beta').synth().commit();
    await using loop = new Loop({ api, repo });
    const isApplied = (name: string) =>
      vi.waitFor(() => expect(loop.unit(name)).toMatchObject({ sync: 'applied' }), WAIT);
    await isApplied('bot-alpha');
    await isApplied('bot-beta');
    const claims = async (): Promise<string> => {
      const path = 'jsonpath={range .items[*]}{.metadata.uid}{"\\n"}{end}';
      return (await own.kubectl(['-n', 'bots', 'get', 'pvc', '--sort-by=.metadata.name', '-o', path])).stdout;
    };
    const before = await claims();
    await own.etcd.backUp();

    repo.record('bot-alpha', { resources: { limits: { cpu: '2', memory: '5Gi' } } }).record('bot-gamma');
    const commit = loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-gamma')).toMatchObject({ sync: 'applied', commit }), WAIT);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', commit }), WAIT);
    await own.etcd.restore();

    const deployment = async (name: string): Promise<string> => {
      const path = 'jsonpath={.spec.template.spec.containers[0].resources.limits.memory}';
      return (await own.kubectl(['-n', 'bots', 'get', 'deployment', name, '-o', path])).stdout;
    };
    await expect.poll(() => deployment('bot-gamma'), WAIT).not.toBe('');
    await expect.poll(() => deployment('bot-alpha'), WAIT).toBe('5Gi');
    await vi.waitFor(() => expect(loop.reconciler.observed.connection().state).toBe('connected'), WAIT);
    for (const name of ['bot-alpha', 'bot-beta', 'bot-gamma']) await isApplied(name);
    expect(await claims()).toContain(before.trim());
    await loop.stop();
    await api.http.close();
  }, 300_000);

  test('lists again after a watch is cut, expired or refused, and misses nothing', async () => {
    if ('unavailable' in plane) return;
    await using cluster = await Cluster.create();
    await using proxy = await startFaultProxy(plane);
    const api = createApi(proxy.connection);
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop({ api, repo: cluster.repo });
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', status: 'running' }), WAIT);

    const isWatch = (url: string | undefined): boolean => url?.includes('watch=true') ?? false;
    const gone = {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'Expired',
      code: 410,
      message: 'too old',
    };
    let refusals = 0;
    proxy.fault = (request, response) => {
      if (!isWatch(request.url) || refusals >= 24) return false;
      refusals++;
      if (refusals % 3 === 0) return answer(response, 200, `${JSON.stringify({ type: 'ERROR', object: gone })}\n`);
      if (refusals % 3 === 1) return answer(response, 410, gone);
      return answer(response, 429, 'too many requests', { 'retry-after': '1' });
    };
    expect(proxy.cutWatches()).toBeGreaterThan(5);
    await cluster.kubectl('delete', 'service', 'bot-alpha-vnc');
    await cluster.kubectl('scale', 'deployment', 'bot-alpha', '--replicas=0');

    await expect.poll(() => cluster.names('app=bot-alpha'), WAIT).toContain('Service/bot-alpha-vnc');
    await expect
      .poll(() => cluster.kubectl('get', 'deploy', 'bot-alpha', '-o', 'jsonpath={.spec.replicas}'), WAIT)
      .toBe('1');
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', status: 'running' }), WAIT);
    await loop.stop();
    await api.http.close();
  });

  test('tries a write again that was throttled, cut or answered by a proxy', async () => {
    if ('unavailable' in plane) return;
    await using cluster = await Cluster.create();
    await using proxy = await startFaultProxy(plane);
    const api = createApi(proxy.connection);
    cluster.repo.record('bot-alpha').synth().commit();
    let number = 0;
    proxy.fault = (request, response) => {
      if (request.method !== 'PATCH') return false;
      number++;
      if (number % 5 === 1)
        return answer(response, 429, 'Too many requests, please try again later.', { 'retry-after': '1' });
      if (number % 5 === 2) return answer(response, 503, '<html>bad gateway</html>');
      if (number % 5 === 3) {
        response.destroy();
        return true;
      }
      return false;
    };
    await using loop = new Loop({ api, repo: cluster.repo });
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', status: 'running' }), WAIT);
    await loop.stop();
    await api.http.close();
  });

  test('shows the command when the namespace may not be made', async () => {
    if ('unavailable' in plane) return;
    await using proxy = await startFaultProxy(plane);
    const api = createApi(proxy.connection);
    const repo = await RepoFixture.create('not-there');
    repo.record('bot-alpha').synth().commit();
    const message = 'namespaces is forbidden: User "claworc" cannot create resource "namespaces"';
    proxy.fault = (request, response) => {
      if (request.method !== 'POST') return false;
      return answer(response, 403, { kind: 'Status', reason: 'Forbidden', code: 403, message });
    };
    await using loop = new Loop({ api, repo });
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'failed' }), WAIT);
    expect(loop.unit('bot-alpha')?.reason).toContain('kubectl create namespace not-there');
    await loop.stop();
    await api.http.close();
  });

  test('stops within five seconds while a request hangs', async () => {
    if ('unavailable' in plane) return;
    await using cluster = await Cluster.create();
    await using proxy = await startFaultProxy(plane);
    const api = createApi(proxy.connection);
    cluster.repo.record('bot-alpha').synth().commit();
    proxy.fault = (request) => request.method === 'PATCH';
    const loop = new Loop({ api, repo: cluster.repo });
    await vi.waitFor(() => expect(proxy.seen.some((line) => line.startsWith('PATCH'))).toBe(true), WAIT);

    const before = performance.now();
    await loop.stop();
    expect(performance.now() - before).toBeLessThan(5_000);
    await api.http.close();
  });
});
