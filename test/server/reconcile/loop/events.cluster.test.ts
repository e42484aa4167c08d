import { describe, expect, test, vi } from 'vitest';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

describe.skipIf(!hasPlane)('Kubernetes events of the loop', () => {
  test('kubectl describe shows what was applied, who drifted from main, and what a key holds nowhere', async () => {
    await using cluster = await Cluster.create();
    await cluster.repo.record('bot-alpha').key('bot-alpha', 'ANTHROPIC_API_KEY', 'sk-ant-0123456789abcdef');
    cluster.repo.synth().commit();
    await using loop = new Loop(cluster, { recordsEvents: true });
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', status: 'running' }), WAIT);
    const described = (): Promise<string> => cluster.kubectl('describe', 'deployment', 'bot-alpha');
    await expect.poll(described, WAIT).toMatch(/Normal +Applied .*claworc\.dev\/reconciler/);

    // Of a scale to 0 the API server notes nobody.
    await cluster.kubectl('scale', 'deployment', 'bot-alpha', '--replicas=5');
    await expect.poll(described, WAIT).toMatch(/Warning +DriftCorrected .*spec\.replicas \(changed by kubectl\)/);
    expect(await cluster.kubectl('get', 'events', '-o', 'yaml')).not.toContain('sk-ant');
    const titles = loop.unit('bot-alpha')?.events.map(({ title }) => title);
    expect(titles?.filter((title) => title.startsWith('Drift'))).toEqual(['Drift corrected']);
  });

  test('a removed bot is told where it lived', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster, { recordsEvents: true });
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
    cluster.repo.remove('bot-alpha', 'retain');
    loop.publish();
    const reasons = (): Promise<string> =>
      cluster.kubectl(
        'get',
        'events',
        '--field-selector',
        'reason=Removed',
        '-o',
        'jsonpath={.items[*].involvedObject.name}',
      );
    await expect.poll(reasons, WAIT).toContain('bot-alpha');
  });
});
