import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { RECORDED_EVENTS } from '../../../../server/cluster/recorded-events.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

type Recorded = LiveObject & {
  readonly reason: string;
  readonly note: string;
  readonly regarding: { readonly kind: string; readonly name: string; readonly uid: string };
};

let cluster: MemoryCluster;
let loop: Loop;
beforeEach(async () => {
  cluster = await MemoryCluster.withAlpha();
  loop = new Loop(cluster, { recordsEvents: true });
});
afterEach(async () => {
  await loop.stop();
  await cluster[Symbol.asyncDispose]();
});

const recorded = (): readonly Recorded[] =>
  cluster.server.store
    .objects()
    .filter((object) => object.apiVersion === RECORDED_EVENTS.apiVersion)
    .map((object) => object as Recorded);
const told = (): string[] =>
  recorded()
    .filter(({ regarding }) => regarding.name.startsWith('bot-alpha'))
    .map(({ reason, note, regarding }) => `${reason} of ${regarding.kind} ${regarding.name}: ${note}`);
const tells = (pattern: RegExp): Promise<void> =>
  vi.waitFor(() => expect(told()).toContainEqual(expect.stringMatching(pattern)), WAIT);

test('what was applied and what drifted are events of the Deployment that lives', async () => {
  await tells(/^Applied of Deployment bot-alpha: [0-9a-f]{7}: \d+ objects created$/);
  const deployment = cluster.find('Deployment', 'bot-alpha');
  expect(recorded().find(({ regarding }) => regarding.name === 'bot-alpha')?.regarding.uid).toBe(
    deployment?.metadata.uid,
  );

  cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 0 } });
  await tells(/^DriftCorrected of Deployment bot-alpha: .*spec\.replicas.*\(changed by kubectl-edit\)$/);
  expect(JSON.stringify(recorded())).not.toContain('sk-ant');
});

test('a bot that was removed is told of by what it was', async () => {
  await tells(/^Applied/);
  cluster.repo.remove('bot-alpha', 'retain');
  loop.publish();
  await tells(/^Removed of ConfigMap bot-alpha-applyset: .*\d+ objects? (pruned|retained)/);
});

test('a bot that main holds is told of once, with the reason', async () => {
  await tells(/^Applied/);
  cluster.repo.write('dist/bot-alpha/deployment.yaml', 'kind: Deployment\n').commit();
  loop.reconciler.reconcileNow();
  await tells(/^Held of Deployment bot-alpha: .*dist\/bot-alpha/);
});
