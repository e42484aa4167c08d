import { describe, expect, test, vi } from 'vitest';
import { createApi } from '../../../../server/cluster/api.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { Cluster, hasPlane, plane } from '../cluster-fixture.ts';
import { startFaultProxy } from '../fault-proxy.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

/** Units that the loop works on at once; there are twice as many. */
const AT_ONCE = 3;
const BOTS = Array.from({ length: 2 * AT_ONCE }, (_, index) => `bot-${index}`);

const isWrite = (line: string): boolean => !line.startsWith('GET ');

describe.skipIf(!hasPlane)('a commit that names another applier while bots are being written', () => {
  test('lets those in hand be finished, and nothing is written after them', async () => {
    if ('unavailable' in plane) return;
    await using cluster = await Cluster.create();
    await using proxy = await startFaultProxy(plane);
    const api = createApi(proxy.connection);
    const { repo } = cluster;
    repo.record('bot-first').synth().commit();
    const { promise: wentOver, resolve: goesOver } = Promise.withResolvers<boolean>();
    const log = {
      ...silentLog,
      info: (line: string) => {
        if (line.includes('leaves applying to another program')) goesOver(false);
      },
    };
    await using loop = new Loop({ api, repo }, { concurrency: AT_ONCE, log });
    await vi.waitFor(
      () => expect(loop.unit('bot-first')).toMatchObject({ sync: 'applied', commit: repo.head() }),
      WAIT,
    );

    // The first write of each unit waits until the loop has seen the commit that names the other applier.
    const writes = (): readonly string[] =>
      proxy.seen.filter((line) => isWrite(line) && BOTS.some((bot) => line.includes(`/${bot}`)));
    proxy.fault = ({ method }) => (method === 'GET' ? false : wentOver);
    for (const bot of BOTS) repo.record(bot);
    loop.publish();
    await vi.waitFor(() => expect(writes()).toHaveLength(AT_ONCE), WAIT);
    repo.appliedBy('external');
    const commit = loop.publish();
    await wentOver;

    await vi.waitFor(() => {
      for (const bot of ['bot-first', ...BOTS]) expect(loop.unit(bot)).toMatchObject({ sync: 'published' });
      expect(BOTS.filter((bot) => loop.unit(bot)?.reason === 'not applied yet')).toHaveLength(AT_ONCE);
    }, WAIT);
    const inHand = new Set(writes().flatMap((path) => BOTS.filter((bot) => path.includes(`/${bot}`))));
    expect(inHand.size).toBe(AT_ONCE);
    for (const bot of inHand) {
      await vi.waitFor(async () => expect(await cluster.names(`app=${bot}`), bot).toHaveLength(WHOLE), WAIT);
    }
    for (const bot of BOTS.filter((bot) => !inHand.has(bot)))
      expect(await cluster.names(`app=${bot}`), bot).toEqual([]);
    const [parent] = await cluster.objects('configmap', 'applyset.kubernetes.io/id,!app');
    expect(JSON.stringify(parent?.metadata.annotations)).not.toContain(commit);

    // A change of each bot is compared, and none of it is sent.
    const sent = proxy.seen.filter(isWrite).length;
    for (const bot of BOTS) repo.record(bot, { env: { MODE: 'day' } });
    loop.publish();
    const written = BOTS.filter((bot) => inHand.has(bot));
    await vi.waitFor(() => {
      for (const bot of written) expect(loop.unit(bot)?.reason).toContain('MODE');
    }, WAIT);
    expect(proxy.seen.filter(isWrite)).toHaveLength(sent);
    await loop.stop();
    await api.http.close();
  });
});

/** Deployment, Service, ConfigMap, NetworkPolicy and four volumes. */
const WHOLE = 8;
