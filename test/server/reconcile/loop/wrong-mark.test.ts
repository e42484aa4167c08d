import { expect, test, vi } from 'vitest';
import type { Log } from '../../../../server/lib/log.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { createRenderings } from '../../../../server/reconcile/desired/renderings.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

test('a bot that is remembered as rendered right and is not is held with its reason, told once, and goes on when main is mended', async () => {
  await using cluster = await MemoryCluster.create();
  const { repo } = cluster;
  const file = 'dist/bot-alpha/configmap-config.yaml';
  // dist/ is what another record renders.
  repo
    .record('bot-alpha', { env: { TZ: 'UTC' } })
    .record('bot-beta')
    .synth();
  repo.record('bot-alpha').commit();
  const dropped: string[] = [];
  const kept = { known: [], keep: () => undefined, drop: (unit: string) => void dropped.push(unit) };
  const renderings = createRenderings('', kept);
  renderings.note(repo.repo, 'bot-alpha', repo.repo.dist.get('bot-alpha') ?? new Map());
  const said: string[] = [];
  const say = (message: string, data?: object): void => void said.push(`${message} ${JSON.stringify(data ?? {})}`);
  const log: Log = { ...silentLog, warn: say, error: say };

  await using loop = new Loop(cluster, { renderings, log });

  const reason = `not rendered: ${file} is not what the record renders; run \`claworc synth\` and commit`;
  await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'failed', held: reason }), WAIT);
  await vi.waitFor(() => expect(loop.unit('bot-beta')).toMatchObject({ sync: 'applied' }), WAIT);
  expect(cluster.find('Deployment', 'bot-alpha')).toBeUndefined();
  expect(dropped).toEqual(['bot-alpha']);
  expect(said).toEqual([
    `a bot was remembered as rendered right and is not: that is forgotten, and it is held ${JSON.stringify({ unit: 'bot-alpha', reason })}`,
  ]);

  repo.record('bot-alpha', { env: { TZ: 'UTC' } }).commit();
  loop.reconciler.reconcileNow();
  await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', held: null }), WAIT);
  expect(said).toHaveLength(1);
});
