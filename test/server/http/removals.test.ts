import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClaworcError } from '../../../server/lib/errors.ts';
import type { PendingRemovals } from '../../../server/reconcile/plan/removals/pending.ts';
import { approvalMoved } from '../../../server/reconcile/plan/removals/words.ts';
import { connectObserved, observedOf } from '../reconcile/observed-fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const COMMIT = 'a'.repeat(40);
const HASH = '0123456789ab';
const waiting: PendingRemovals = {
  commit: COMMIT,
  hash: HASH,
  count: 4,
  limit: 3,
  sentence: 'Removals wait for an approval',
  removals: [
    { unit: 'bot-a', kind: 'bot', data: 'destroy', wait: 'approval', until: null },
    { unit: 'bot-b', kind: 'kept_data', data: 'destroy', wait: 'approval', until: null },
    { unit: 'bot-c', kind: 'bot', data: 'retain', wait: 'turn', until: '2026-11-27T10:00:00.000Z' },
  ],
};
let pending: PendingRemovals | null = waiting;
let onlyLooks = false;
const observed = observedOf({ removals: () => pending });

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({
    connectCluster: async () => ({
      ...(await connectObserved(observed)()),
      approveRemovals: async ({ commit, hash }) => {
        if (onlyLooks) throw new ClaworcError('forbidden', `run \`claworc approve ${commit} ${hash}\``);
        if (pending?.hash !== hash || pending.commit !== commit) throw approvalMoved(COMMIT, pending?.hash ?? null);
        pending = null;
      },
    }),
  });
});
afterAll(() => server[Symbol.asyncDispose]());

const approve = (body: unknown) => server.call('POST', 'removals/approve', body);

test('removals that wait are told by /fleet, and an approval of something else is refused with what waits now', async () => {
  const { body } = await server.call('GET', 'fleet');
  expect(body.removals).toMatchObject({ commit: COMMIT, hash: HASH, count: 4, limit: 3 });
  expect(body.removals?.bots.map(({ name, kind, waits_for }) => [name, kind, waits_for])).toEqual([
    ['bot-a', 'bot', 'approval'],
    ['bot-b', 'kept_data', 'approval'],
    ['bot-c', 'bot', 'turn'],
  ]);
  const moved = await approve({ commit: COMMIT, hash: 'ffffffffffff' });
  expect([moved.status, moved.body]).toMatchObject([409, { code: 'conflict', commit: COMMIT, hash: HASH }]);
  expect((await approve({ commit: COMMIT })).status).toBe(400);
});

test('an approval is written down with names and what becomes of their data, and one that was refused is not', async () => {
  onlyLooks = true;
  expect((await approve({ commit: COMMIT, hash: HASH })).status).toBe(403);
  onlyLooks = false;
  const approved = await approve({ commit: COMMIT, hash: HASH });
  expect([approved.status, approved.body.removals]).toEqual([200, null]);
  const activity = (await server.call('GET', 'activity')).body as unknown as readonly {
    readonly state: string;
    readonly message: string;
  }[];
  expect(activity.filter(({ state }) => state === 'approve-removals').map(({ message }) => message)).toEqual([
    `Approve the removal of bot-a with its data, kept volumes of bot-b (commit aaaaaaa, ${HASH})`,
  ]);
});
