import { describe, expect, test, vi } from 'vitest';
import { Cluster, hasPlane, told } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

const MOLTBOT = 'spec.template.spec.containers[name="moltbot"]';

/** An apply that writes nothing, twice over the same holder. */
async function expectSettled(cluster: Cluster): Promise<void> {
  const writes = cluster.writes();
  await cluster.apply();
  expect(cluster.writes()).toBe(writes);
}

const path = (cluster: Cluster, object: string, jsonpath: string): Promise<string> =>
  cluster.kubectl('get', object, '-o', `jsonpath={${jsonpath}}`);

describe.skipIf(!hasPlane)('a field that another manager holds in a real API server', () => {
  test('stays with it, the rest is applied, and nothing more is written: a number, an image, a port, an atomic list, a map', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await cluster.apply();
    const patch = (object: string, value: unknown, ...more: readonly string[]): Promise<string> =>
      cluster.kubectl('patch', object, '--field-manager=mesh', ...more, '-p', JSON.stringify(value));
    await patch('deployment/bot-alpha', {
      metadata: { labels: { app: 'mesh' } },
      spec: {
        replicas: 2,
        template: { spec: { containers: [{ name: 'moltbot', image: 'mirror.example/bot:9', args: ['mesh'] }] } },
      },
    });
    const port = await path(cluster, 'service/bot-alpha-vnc', '.spec.ports[0].port');
    await patch('service/bot-alpha-vnc', { spec: { ports: [{ port: Number(port), targetPort: 9999 }] } });
    await patch('configmap/bot-alpha-config', { data: { 'clawdbot.json': '{}' } });
    cluster.repo
      .record('bot-alpha', { env: { NEW: '1' } })
      .synth()
      .commit();

    const results = told(await cluster.apply());

    const deployment = results.find((line) => line.startsWith('Deployment')) ?? '';
    expect(deployment).toContain('configured');
    expect(deployment).toContain('spec.replicas is held by mesh (2, main says 1)');
    expect(deployment).toContain(`${MOLTBOT}.image is held by mesh (mirror.example/bot:9, main says `);
    expect(deployment).toContain('metadata.labels.app is held by mesh (mesh, main says bot-alpha)');
    expect(results.find((line) => line.startsWith('Service'))).toContain('targetPort is held by mesh (9999, main says');
    const container = '.spec.template.spec.containers[?(@.name=="moltbot")]';
    expect(await path(cluster, 'deployment/bot-alpha', `${container}.image`)).toBe('mirror.example/bot:9');
    expect(await path(cluster, 'deployment/bot-alpha', `${container}.env[*].name`)).toContain('NEW');
    expect(await path(cluster, 'deployment/bot-alpha', '.spec.replicas')).toBe('2');
    await expectSettled(cluster);
  });

  test('shared before is given up alone when main moves on, and is main’s when the holder lets go of it or a hand edit takes it', async () => {
    await using cluster = await Cluster.create();
    cluster.repo
      .record('bot-alpha', { env: { OLD: '1' } })
      .synth()
      .commit();
    await cluster.apply();
    const file = cluster.repo.text('dist/bot-alpha/deployment.yaml');
    await cluster.kubectlInput(file, 'apply', '--server-side', '--field-manager=mesh', '-f', '-');
    cluster.repo.record('bot-alpha', { image: 'registry.example/bot:2' }).synth().commit();
    await cluster.apply();
    const container = '.spec.template.spec.containers[?(@.name=="moltbot")]';
    expect(await path(cluster, 'deployment/bot-alpha', `${container}.image`)).not.toBe('registry.example/bot:2');
    expect(await path(cluster, 'deployment/bot-alpha', `${container}.env[*].name`)).toContain('OLD');
    await expectSettled(cluster);

    // An image can't be given up by an apply without it: the API server wants one. A hand edit takes it from its holder.
    const image = await path(cluster, 'deployment/bot-alpha', `${container}.image`);
    const input = JSON.stringify({
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bot-alpha' } },
      spec: { template: { spec: { containers: [{ name: 'moltbot', image }] } } },
    });
    await cluster.kubectlInput(input, 'apply', '--server-side', '--field-manager=mesh', '-f', '-');
    await cluster.apply();
    expect(await path(cluster, 'deployment/bot-alpha', `${container}.env[*].name`)).not.toContain('OLD');
    expect(await path(cluster, 'deployment/bot-alpha', `${container}.image`)).toBe(image);
    await cluster.kubectl('set', 'image', 'deployment/bot-alpha', 'moltbot=registry.example/bot:3');
    await cluster.apply();
    expect(await path(cluster, 'deployment/bot-alpha', `${container}.image`)).toBe('registry.example/bot:2');
    await expectSettled(cluster);
  });

  test('is told by its bot, which is as main says for the rest', async () => {
    await using cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
    const value = JSON.stringify({ spec: { revisionHistoryLimit: 7 } });
    await cluster.kubectl('patch', 'deployment/bot-alpha', '--field-manager=mesh', '-p', value);
    cluster.repo.record('bot-alpha', { env: { NEW: '1' } });
    loop.publish();
    await vi.waitFor(async () => {
      expect(loop.unit('bot-alpha')).toMatchObject({
        sync: 'drifted',
        reason: '1 field is held: Deployment bot-alpha: spec.revisionHistoryLimit is held by mesh (7, main says 2)',
        syncNext: expect.stringContaining('Have mesh give it up') as string,
      });
      expect(await path(cluster, 'deployment/bot-alpha', '.spec.template')).toContain('NEW');
    }, WAIT);
  });
});
