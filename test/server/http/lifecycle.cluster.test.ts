import { describe, expect, vi } from 'vitest';
import { appendLog } from '../../control-plane/logs.ts';
import { clusterTest as test } from '../../control-plane/cluster-test.ts';
import { clusterConnector } from '../../../server/services/cluster/connect.ts';
import { startTestServer, type TestServer } from '../running-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

const PATIENCE = { timeout: PATIENCE_MS, interval: 100 };

const untilInstance = (server: TestServer, name: string, wanted: Record<string, unknown>): Promise<void> =>
  vi.waitFor(async () => expect((await server.call('GET', `instances/${name}`)).body).toMatchObject(wanted), PATIENCE);

describe('a bot on a real API server', () => {
  test('goes from a click to a pod, is stopped, changed, and deleted with its data kept or destroyed', async ({
    cluster,
    kubectl,
    namespace,
  }) => {
    await using server = await startTestServer({
      connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
    });
    const get = async (what: string, path: string): Promise<string> =>
      (await kubectl(['get', what, '-n', namespace, '-o', `jsonpath=${path}`])).stdout;
    expect((await server.call('PUT', 'settings', { namespace, brave_api_key: 'brave-canary-0123456789' })).status).toBe(
      200,
    );

    const created = await server.call('POST', 'instances', {
      display_name: 'Bot Alpha',
      anthropic_api_key: 'sk-ant-canary-0123456789',
      clawdbot_config: '{"agent": {"model": "opus"}}',
    });
    expect(created.status).toBe(201);
    expect(['published', 'applied']).toContain(created.body.sync);
    await untilInstance(server, 'bot-alpha', { status: 'running', sync: 'applied', revision: created.body.revision });
    expect(await get('deployment/bot-alpha', '{.spec.replicas} {.status.readyReplicas}')).toBe('1 1');
    expect(
      Buffer.from(await get('secret/bot-alpha-anthropic-api-key', '{.data.ANTHROPIC_API_KEY}'), 'base64').toString(),
    ).toBe('sk-ant-canary-0123456789');

    const manifests = (await server.call('GET', 'instances/bot-alpha/manifests')).body;
    expect((manifests.objects as { state: string }[]).map(({ state }) => state)).not.toContain('missing');
    expect(JSON.stringify(manifests)).not.toContain('canary');
    const overview = (await server.call('GET', 'instances/bot-alpha/overview')).body;
    expect(overview).toMatchObject({ latest_change: { state: 'applied', commit: created.body.revision } });
    expect((overview.latest_change as { applied_at: string | null }).applied_at).not.toBeNull();
    expect((await server.call('GET', 'health')).body).toEqual({
      status: 'ok',
      kubernetes: 'connected',
      database: 'ok',
      git: 'ok',
    });

    const { revision } = (await server.call('GET', 'instances/bot-alpha/config')).body;
    const before = await get('deployment/bot-alpha', '{.metadata.generation}');
    const put = await server.call(
      'PUT',
      'instances/bot-alpha/config',
      { config: '{"agent": {"model": "sonnet"}}' },
      {
        'if-match': `"${revision ?? ''}"`,
      },
    );
    expect(put.status).toBe(200);
    await vi.waitFor(async () => {
      expect(await get('configmap/bot-alpha-config', '{.data.clawdbot\\.json}')).toContain('sonnet');
      expect(await get('deployment/bot-alpha', '{.metadata.generation}')).not.toBe(before);
    }, PATIENCE);

    await server.call('POST', 'instances/bot-alpha/stop');
    await untilInstance(server, 'bot-alpha', { status: 'stopped', sync: 'applied' });
    expect(await get('deployment/bot-alpha', '{.spec.replicas}')).toBe('0');

    await server.call('DELETE', 'instances/bot-alpha');
    await vi.waitFor(async () => {
      expect(
        await get('deployments,services,configmaps,secrets,networkpolicies', '{.items[*].metadata.name}'),
      ).not.toMatch(/bot-alpha(?!-applyset)/);
      const { retained } = (await server.call('GET', 'fleet')).body;
      expect(retained).toEqual([
        { instance: 'bot-alpha', volumes: expect.arrayContaining(['bot-alpha-chrome']) as unknown },
      ]);
    }, PATIENCE);
    expect(await get('pvc', '{.items[*].metadata.name}')).toContain('bot-alpha-clawdbot');
    expect((await server.call('POST', 'instances', { display_name: 'Bot Alpha' })).body.code).toBe('volumes_retained');

    expect((await server.call('POST', 'instances', { display_name: 'Bot Alpha', reuse_volumes: true })).status).toBe(
      201,
    );
    await untilInstance(server, 'bot-alpha', { status: 'running', sync: 'applied' });
    await server.call('DELETE', 'instances/bot-alpha?data=destroy');
    await vi.waitFor(async () => expect(await get('pvc', '{.items[*].metadata.name}')).toBe(''), PATIENCE);
    expect(JSON.stringify(server.lines)).not.toContain('canary');
  });

  test('shows its log, follows it, and refuses a shrinking or a fixed volume', async ({ cluster, namespace }) => {
    await using server = await startTestServer({
      connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
    });
    await server.call('PUT', 'settings', { namespace });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await untilInstance(server, 'bot-alpha', { status: 'running', sync: 'applied' });
    await appendLog(cluster.logFile, ['first line of the log']);

    const stop = new AbortController();
    const response = await fetch(`${server.address}/api/v1/instances/bot-alpha/logs?tail=5`, { signal: stop.signal });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    let seen = '';
    const reading = (async () => {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) seen += chunk;
    })().catch(() => undefined);
    await vi.waitFor(() => expect(seen).toContain('first line of the log'), PATIENCE);
    await appendLog(cluster.logFile, ['second line of the log']);
    await vi.waitFor(
      () => expect(seen).toMatch(/event: line\ndata: \{"at":"[^"]+","text":"second line of the log"\}/),
      PATIENCE,
    );
    stop.abort();
    await reading;

    expect((await server.call('PUT', 'instances/bot-alpha', { storage_clawd: '6Gi' })).status).toBe(200);
    // Until the claim has grown, taking it back is no shrink.
    await untilInstance(server, 'bot-alpha', { storage_clawd: '6Gi', sync: 'applied' });
    const shrink = await server.call('PUT', 'instances/bot-alpha', { storage_clawd: '5Gi' });
    expect([shrink.status, shrink.body.code]).toEqual([409, 'storage_fixed']);
  });

  test('shows a pod that runs although its bot is stopped, and reads the log beside a sidecar', async ({
    cluster,
    kubectl,
    namespace,
  }) => {
    await using server = await startTestServer({
      connectCluster: clusterConnector({ kubeconfig: cluster.kubeconfig, env: {} }),
    });
    await server.call('PUT', 'settings', { namespace });
    await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
    await untilInstance(server, 'bot-alpha', { status: 'running', sync: 'applied' });
    await server.call('POST', 'instances/bot-alpha/stop');
    await untilInstance(server, 'bot-alpha', { status: 'stopped', status_reason: '' });

    const labels = { app: 'bot-alpha', 'app.kubernetes.io/managed-by': 'claworc' };
    const containers = ['istio-proxy', 'moltbot'].map((name) => ({ name, image: name }));
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'left', namespace, labels }, spec: { containers } };
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(pod) });

    await untilInstance(server, 'bot-alpha', { status: 'running', status_reason: 'Still running, wanted stopped' });
    await appendLog(cluster.logFile, ['a line beside a sidecar']);
    const response = await fetch(`${server.address}/api/v1/instances/bot-alpha/logs?follow=false`);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('a line beside a sidecar');
  });
});
