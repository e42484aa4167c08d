import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { PATIENCE_MS } from '../../support/patience.ts';
import { connectObserved, observedOf, observedUnit } from '../reconcile/observed-fixture.ts';
import { startTestServer, type TestServer } from '../running-server.ts';

const WAIT = { timeout: PATIENCE_MS, interval: 20 };
const observed = observedOf();

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer({ connectCluster: connectObserved(observed) });
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
});
afterAll(async () => server[Symbol.asyncDispose]());

const told = async (state: string): Promise<readonly string[]> => {
  const activity = (await server.call('GET', 'activity')).body as unknown as { state: string; message: string }[];
  return activity.filter((entry) => entry.state === state).map(({ message }) => message);
};
const fight = {
  kind: 'Deployment',
  name: 'bot-alpha',
  count: 6,
  managers: ['keda'],
  goesOnAt: new Date(Date.now() + 600_000).toISOString(),
};

test('a fight over an object is told once in the activity, stands in the overview, and can be gone on with', async () => {
  const refused = await server.call('POST', 'instances/bot-alpha/go-on');
  expect([refused.status, refused.body.detail]).toEqual([
    409,
    'Nothing of bot-alpha rests: nobody keeps changing it back.',
  ]);

  observed.set(observedUnit('bot-alpha', { fights: [fight] }));
  const words = `Deployment bot-alpha was put right 6 times in 10 minutes, and each time keda undid it: it rests until ${fight.goesOnAt}`;
  await vi.waitFor(async () => expect(await told('fight')).toEqual([words]), WAIT);
  observed.set(observedUnit('bot-alpha', { fights: [{ ...fight, count: 7 }] }));
  const overview = async () => (await server.call('GET', 'instances/bot-alpha/overview')).body;
  const { goesOnAt, ...shown } = fight;
  await vi.waitFor(
    async () => expect((await overview()).fights).toEqual([{ ...shown, count: 7, goes_on_at: goesOnAt }]),
    WAIT,
  );

  expect((await server.call('POST', 'instances/bot-alpha/go-on')).status).toBe(200);
  expect(await told('go-on')).toEqual(['Put right again at once: Deployment bot-alpha']);
  expect(await told('fight')).toEqual([words]);
});

test('a field that drifted is told with the programs that own it and when they wrote', async () => {
  const drift = {
    field: 'spec.replicas',
    main: '1',
    live: '3',
    managers: ['kubectl-scale'],
    changedAt: '2026-11-27T09:12:03Z',
  };
  const object = {
    kind: 'Deployment',
    name: 'bot-alpha',
    live: { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bot-alpha' } },
    drift: [drift],
    health: '',
    reason: '',
  };
  observed.set(observedUnit('bot-alpha', { objects: [object] }));

  const { objects } = (await server.call('GET', 'instances/bot-alpha/manifests')).body as {
    objects: { kind: string; diff: unknown }[];
  };

  const { changedAt, ...field } = drift;
  expect(objects.find(({ kind }) => kind === 'Deployment')?.diff).toEqual([{ ...field, changed_at: changedAt }]);
});
