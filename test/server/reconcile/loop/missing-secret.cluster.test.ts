import { describe, expect, test, vi } from 'vitest';
import { sealedKeyPath } from '../../../../constructs/sealed-secret.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

describe.skipIf(!hasPlane)('a global key that can not be opened', () => {
  test('leaves running bots as they are, and they go on when it can', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', status: 'running' }), WAIT);
    const generation = (): Promise<string> =>
      cluster.kubectl('get', 'deploy', 'bot-alpha', '-o', 'jsonpath={.metadata.generation}');
    const before = await generation();

    const stranger = await (await RepoFixture.create(cluster.namespace)).key('global', 'OPENAI_API_KEY', 'sk-lost');
    const path = sealedKeyPath('global', 'OPENAI_API_KEY');
    cluster.repo.write(path, stranger.text(path));
    loop.publish();

    await vi.waitFor(
      () =>
        expect(loop.unit('bot-alpha')).toMatchObject({
          sync: 'published',
          status: 'running',
          reason: expect.stringContaining('waits for Secret claworc-openai-api-key') as string,
        }),
      WAIT,
    );
    await vi.waitFor(() => expect(loop.unit('fleet')).toMatchObject({ sync: 'failed' }), WAIT);
    expect(await generation()).toBe(before);

    await cluster.repo.key('global', 'OPENAI_API_KEY', 'sk-found');
    const commit = loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', commit }), WAIT);
    expect(await generation()).not.toBe(before);
  });
});
