import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../running-server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterAll(async () => server[Symbol.asyncDispose]());

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly id: string;
}

const operations = async (): Promise<Operation[]> => {
  const { body } = await server.call('GET', 'openapi.json');
  return Object.entries(body.paths as Record<string, Record<string, { operationId: string }>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => ({
        method: method.toUpperCase(),
        path: path
          .replace('{id}', 'bot-alpha')
          .replace('{screen}', 'chrome')
          .replace('{sha}', '0'.repeat(40))
          .replace('{number}', '1'),
        id: operationId,
      })),
  );
};

describe('every route', () => {
  test('is one of the known operations, each described once', async () => {
    const ids = (await operations()).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.sort()).toMatchInlineSnapshot(`
      [
        "acceptCluster",
        "acceptHead",
        "acceptRecipients",
        "acceptRewind",
        "approveRemovals",
        "carryLogs",
        "closeProposal",
        "compareFleet",
        "compareInstance",
        "createInstance",
        "createTicket",
        "deleteInstance",
        "discardDraft",
        "followEvents",
        "followLogs",
        "getActivity",
        "getBlame",
        "getClusterPlan",
        "getCommit",
        "getConfig",
        "getFleet",
        "getGit",
        "getHeads",
        "getHealth",
        "getHistory",
        "getInstance",
        "getManifests",
        "getOverview",
        "getProposal",
        "getRootHealth",
        "getSettings",
        "goOnInstance",
        "listForkPulls",
        "listInstances",
        "listProposals",
        "mergeProposal",
        "offerPorts",
        "openProposal",
        "previewChange",
        "previewCreate",
        "previewFleetRestore",
        "previewInstanceRestore",
        "previewSettings",
        "pullMain",
        "putConfig",
        "reopenProposal",
        "resolveProposal",
        "restartInstance",
        "restoreBranch",
        "restoreFleet",
        "restoreInstance",
        "resumeInstance",
        "rollBackRollout",
        "startInstance",
        "steerRollout",
        "stopInstance",
        "suspendInstance",
        "takeKeyOut",
        "updateInstance",
        "updateProposal",
        "updateSettings",
      ]
    `);
  });

  test('refuses a foreign Host, a foreign page and an opaque page before anything else', async () => {
    const all = await operations();
    expect(all.length).toBeGreaterThan(25);
    for (const { method, path } of all) {
      for (const headers of [
        { origin: 'http://evil.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
        { 'x-forwarded-host': '127.0.0.1', origin: 'http://127.0.0.1' },
      ]) {
        const answer = await server.call(method, path, method === 'GET' ? undefined : {}, headers);
        expect([method, path, headers, answer.status, answer.body.code]).toEqual([
          method,
          path,
          headers,
          403,
          'forbidden',
        ]);
      }
    }
  });

  test('takes nothing but JSON for a write', async () => {
    for (const { method, path } of await operations()) {
      if (method === 'GET') continue;
      for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
        const answer = await server.call(method, path, '{}', { 'content-type': type });
        expect([method, path, type, answer.status, answer.body.code]).toEqual([
          method,
          path,
          type,
          415,
          'unsupported_media_type',
        ]);
      }
    }
  });

  test('answers with the headers that keep pages of others out, errors too', async () => {
    for (const path of ['/', '/health', '/api', '/api/v1/fleet', '/api/v1/nothing', '/assets/none.js']) {
      const { headers } = await server.call('GET', path);
      expect(headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(headers.get('content-security-policy')).not.toContain('unsafe');
      expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      if (path.startsWith('/api/v1')) expect(headers.get('cache-control')).toBe('no-store');
    }
    // The one answer that may be kept, by the client itself and never unasked.
    const list = await server.call('GET', 'instances');
    expect(list.headers.get('cache-control')).toBe('private, no-cache');
  });

  test('changes nothing on GET', async () => {
    const head = (await server.call('GET', 'fleet')).body.head;
    for (const { method, path } of await operations()) {
      if (method === 'GET' && !/events|logs/.test(path)) await server.call('GET', path);
    }
    expect((await server.call('GET', 'fleet')).body.head).toBe(head);
  });

  test('without a cluster, what needs one is 503 with what to do, and nothing else is', async () => {
    const statuses = await Promise.all(
      (await operations()).map(async ({ method, path, id }) => {
        if (method !== 'GET' || id === 'followEvents') return [];
        const { status, body } = await server.call(method, path);
        return status >= 500 ? [[id, status, body.code, body.detail]] : [];
      }),
    );
    expect(statuses.flat().sort()).toEqual([
      ['followLogs', 503, 'cluster_unreachable', expect.stringContaining('--kubeconfig') as string],
      ['getClusterPlan', 503, 'cluster_unreachable', expect.stringContaining('--kubeconfig') as string],
    ]);
  });
});
