import { describe, expect, test, vi } from 'vitest';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { RepoFixture } from '../repo-fixture.ts';

describe.skipIf(!hasPlane)('a second repository on one namespace', () => {
  test('leaves the keys and bots of the first as they are, says why, and has bots of its own', async () => {
    await using cluster = await Cluster.create();
    const read = (...args: string[]): Promise<string> => cluster.kubectl('get', ...args);
    const recorded = (): Promise<string> =>
      read('cm', 'claworc-applyset', '-o', 'jsonpath={.metadata.annotations.claworc\\.dev/commit}');
    await cluster.repo.record('bot-alpha').key('global', 'OPENAI_API_KEY', 'sk-of-the-first');
    cluster.repo.commit();
    cluster.repo.commit();
    const first = new Loop(cluster);
    const commit = first.publish();
    await expect.poll(recorded, WAIT).toBe(commit);
    await vi.waitFor(() => expect(first.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
    await first.stop();
    const secret = await read('secret', 'claworc-openai-api-key', '-o', 'jsonpath={.data}');
    const deployment = await read('deploy', 'bot-alpha', '-o', 'jsonpath={.metadata.generation}');

    const repo = await RepoFixture.create(cluster.namespace);
    await repo.record('bot-alpha', { state: 'stopped' }).record('bot-beta').key('global', 'OPENAI_API_KEY', 'sk-other');
    repo.synth().commit();
    await using second = new Loop({ api: cluster.api, repo });

    const held = { sync: 'failed', reason: expect.stringContaining('What lives is not overwritten') as string };
    await vi.waitFor(() => {
      expect(second.unit('fleet')).toMatchObject(held);
      expect(second.unit('bot-alpha')).toMatchObject(held);
      expect(second.unit('bot-beta')).toMatchObject({ sync: 'applied' });
    }, WAIT);
    expect(await read('secret', 'claworc-openai-api-key', '-o', 'jsonpath={.data}')).toBe(secret);
    expect(await read('deploy', 'bot-alpha', '-o', 'jsonpath={.metadata.generation}')).toBe(deployment);
    expect(await recorded()).toBe(commit);

    await cluster.kubectl(
      'annotate',
      'cm',
      'claworc-applyset',
      `claworc.dev/commit=${repo.head() ?? ''}`,
      '--overwrite',
    );
    await vi.waitFor(() => expect(second.unit('fleet')).toMatchObject({ sync: 'applied' }), WAIT);
    expect(await read('secret', 'claworc-openai-api-key', '-o', 'jsonpath={.data}')).not.toBe(secret);
  });
});
