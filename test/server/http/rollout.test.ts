import { afterAll, beforeAll, expect, test } from 'vitest';
import { ClaworcError } from '../../../server/lib/errors.ts';
import type { ShownRollout } from '../../../server/reconcile/plan/rollout/shown-rollout.ts';
import type { SteerRollout } from '../../../server/reconcile/plan/rollout/steer-rollout.ts';
import { connectObserved, observedOf } from '../reconcile/observed-fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const TARGET = 'a'.repeat(40);
const shown: ShownRollout = {
  target: TARGET,
  from: 'b'.repeat(40),
  phase: 'stopped',
  reason: '1 bot is unhealthy with the change (bot-a), and none may be',
  ring: 1,
  rings: [1, 4],
  counts: { healthy: 0, pending: 0, unhealthy: 1, excused: 0 },
  unhealthy: ['bot-a'],
  held: 4,
  since: '2026-11-27T10:00:00.000Z',
  nextAt: null,
  sentence: 'The rollout of aaaaaaa stopped in ring 1 of 2',
};
let rollout: ShownRollout | null = shown;
const asked: SteerRollout[] = [];
let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    connectCluster: async () => ({
      ...(await connectObserved(observedOf({ rollout: () => rollout }))()),
      steerRollout: async (wish) => {
        if (wish.target !== TARGET) throw new ClaworcError('conflict', 'Look at it again.', { field: 'target' });
        asked.push(wish);
      },
    }),
  });
});
afterAll(() => server[Symbol.asyncDispose]());

test('a rollout is told by /fleet with its rings, what is unhealthy and why it stopped', async () => {
  const { body } = await server.call('GET', 'fleet');
  expect(body.rollout).toMatchObject({
    target: TARGET,
    phase: 'stopped',
    ring: 1,
    rings: [1, 4],
    unhealthy: ['bot-a'],
    held: 4,
    next_at: null,
  });
});

test('steering is written down with who did it and where the rollout was, and what was refused is not', async () => {
  expect((await server.call('POST', 'rollout', { action: 'resume', target: 'c'.repeat(40) })).status).toBe(409);
  expect((await server.call('POST', 'rollout', { action: 'stop', target: TARGET })).status).toBe(400);
  expect((await server.call('POST', 'rollout', { action: 'resume', target: TARGET })).status).toBe(200);
  expect(asked).toEqual([{ action: 'resume', target: TARGET }]);
  const activity = (await server.call('GET', 'activity')).body as unknown as readonly {
    readonly state: string;
    readonly message: string;
  }[];
  expect(activity.filter(({ state }) => state.endsWith('-rollout')).map(({ message }) => message)).toEqual([
    `Let the rollout go on of aaaaaaa, in ring 1 of 2: ${shown.reason}`,
  ]);
});

test('taking it back is a commit that has claworc.yaml as it was before, but for what stays', async () => {
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  const { body: before } = await server.call('GET', 'settings');
  const from = (await server.call('GET', 'fleet')).body.head ?? '';
  await server.call('PUT', 'settings', { image: 'ghcr.io/acme/moltbot:2' });
  rollout = { ...shown, from };
  expect((await server.call('POST', 'rollout/rollback', { target: 'c'.repeat(40) })).status).toBe(409);
  const { status, body } = await server.call('POST', 'rollout/rollback', { target: TARGET });
  expect([status, body]).toMatchObject([200, { message: `Roll the fleet's defaults back to ${from.slice(0, 7)}` }]);
  expect((await server.call('GET', 'settings')).body.image).toBe(before.image);
});
