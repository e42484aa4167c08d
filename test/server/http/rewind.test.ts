import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClaworcError } from '../../../server/lib/errors.ts';
import type { Rewind } from '../../../server/reconcile/plan/lineage.ts';
import { connectObserved, observedOf } from '../reconcile/observed-fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const COMMIT = 'a'.repeat(40);
const LAST = 'b'.repeat(40);
let rewind: Rewind | null = { commit: COMMIT, last: LAST, reason: 'aaaaaaa is older than bbbbbbb' };
const observed = observedOf({ rewind: () => rewind });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    connectCluster: async () => ({
      ...(await connectObserved(observed)()),
      acceptRewind: async ({ commit, last }) => {
        if (rewind?.commit !== commit || rewind.last !== last) throw new ClaworcError('conflict', 'It is another.');
        rewind = null;
      },
    }),
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const accept = (body: unknown) => server.call('POST', 'rewind/accept', body);

test('a main that does not come after what the cluster runs is told with both commits, and is accepted by exactly these', async () => {
  expect((await server.call('GET', 'fleet')).body.rewind).toEqual({
    commit: COMMIT,
    last: LAST,
    reason: 'aaaaaaa is older than bbbbbbb',
  });
  expect((await accept({ commit: COMMIT, last: COMMIT })).status).toBe(409);
  expect((await accept({ commit: COMMIT })).status).toBe(400);
  const accepted = await accept({ commit: COMMIT, last: LAST });
  expect([accepted.status, accepted.body]).toMatchObject([200, { rewind: null }]);
  const { body } = await server.call('GET', 'activity');
  expect(JSON.stringify(body)).toContain('Let aaaaaaa count for a cluster that ran bbbbbbb');
});

test('a cluster that names no commit is told as none, and accepted so', async () => {
  rewind = { commit: COMMIT, last: '', reason: 'the cluster names no commit as the one it runs' };
  expect((await server.call('GET', 'fleet')).body.rewind).toMatchObject({ last: null });
  expect((await accept({ commit: COMMIT, last: null })).status).toBe(200);
});
