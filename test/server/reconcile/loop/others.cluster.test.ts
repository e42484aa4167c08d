import { describe, expect, test, vi } from 'vitest';
import type { LiveObject, ManagedFieldsEntry } from '../../../../server/cluster/live-object.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

/** A loop that has brought bots to main and rests. */
async function running(
  names: readonly string[] = ['bot-alpha'],
): Promise<{ cluster: Cluster; loop: Loop } & AsyncDisposable> {
  const cluster = await Cluster.create();
  for (const name of names) cluster.repo.record(name, { state: 'stopped' });
  cluster.repo.synth().commit();
  const loop = new Loop(cluster);
  for (const name of names) {
    await vi.waitFor(() => expect(loop.unit(name)).toMatchObject({ sync: 'applied', status: 'stopped' }), WAIT);
  }
  const dispose = async (): Promise<void> => {
    await loop.stop();
    await cluster[Symbol.asyncDispose]();
  };
  return { cluster, loop, [Symbol.asyncDispose]: dispose };
}

const deployment = async (cluster: Cluster, name = 'bot-alpha'): Promise<LiveObject> => {
  const found = (await cluster.objects('deploy')).find(({ metadata }) => metadata.name === name);
  if (found === undefined) throw new Error(`no Deployment ${name}`);
  return found;
};
const corrections = (loop: Loop, name = 'bot-alpha') =>
  loop.unit(name)?.events.filter(({ title }) => title === 'Drift corrected') ?? [];
const isOurs = ({ manager, operation, subresource = '' }: ManagedFieldsEntry): boolean =>
  manager === 'claworc' && operation === 'Apply' && subresource === '';

describe.skipIf(!hasPlane)('what people and programs do to a bot with real kubectl', () => {
  test('kubectl apply, scale, patch and set image are each put right, with the program named', async () => {
    await using at = await running();
    const { cluster, loop } = at;
    const edited = cluster.repo.text('dist/bot-alpha/deployment.yaml').replace('replicas: 0', 'replicas: 2');
    const acts: readonly (readonly [string, () => Promise<string>])[] = [
      ['kubectl-client-side-apply', () => cluster.kubectlInput(edited, 'apply', '-f', '-')],
      ['kubectl', () => cluster.kubectl('scale', 'deploy', 'bot-alpha', '--replicas=3')],
      ['kubectl-patch', () => cluster.kubectl('patch', 'deploy', 'bot-alpha', '-p', '{"spec":{"replicas":4}}')],
      ['kubectl-set', () => cluster.kubectl('set', 'image', 'deploy/bot-alpha', 'moltbot=registry.example/other:1')],
    ];
    for (const [manager, act] of acts) {
      const before = corrections(loop)[0]?.detail;
      await act();
      await vi.waitFor(() => {
        const [last] = corrections(loop);
        expect(last?.detail).not.toBe(before);
        expect(last?.detail).toMatch(new RegExp(`: by ${manager}( at \\S+Z)?(;|$)`));
      }, WAIT);
      await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
    }
    expect((await deployment(cluster)).spec).toMatchObject({ replicas: 0 });
    expect(loop.unit('bot-alpha')?.fights).toEqual([]);
  });

  test('rollout restart is left alone', async () => {
    await using at = await running();
    const { cluster, loop } = at;
    const writes = cluster.writes();
    await cluster.kubectl('rollout', 'restart', 'deploy/bot-alpha');
    const { resourceVersion } = (await deployment(cluster)).metadata;
    const seen = () => loop.unit('bot-alpha')?.objects.find(({ kind }) => kind === 'Deployment')?.live?.metadata;
    await vi.waitFor(
      () => expect(Number(seen()?.resourceVersion)).toBeGreaterThanOrEqual(Number(resourceVersion)),
      WAIT,
    );

    expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' });
    expect(cluster.writes()).toBe(writes);
    expect(JSON.stringify((await deployment(cluster)).spec)).toContain('kubectl.kubernetes.io/restartedAt');
  });

  test('managedFields that were wiped, and an entry of ours that was renamed, are taken back without a change', async () => {
    await using at = await running();
    const { cluster, loop } = at;
    const { generation } = (await deployment(cluster)).metadata;
    const isOwned = async (): Promise<void> => {
      await vi.waitFor(
        async () => expect((await deployment(cluster)).metadata.managedFields?.some(isOurs)).toBe(true),
        WAIT,
      );
      await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
    };
    const wipe = JSON.stringify([{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]);
    await cluster.kubectl('patch', 'deploy', 'bot-alpha', '--type=json', '-p', wipe);
    await isOwned();

    const entries = (await deployment(cluster)).metadata.managedFields ?? [];
    const renamed = entries.map((entry) => (isOurs(entry) ? { ...entry, manager: 'renamed' } : entry));
    const rename = JSON.stringify([{ op: 'replace', path: '/metadata/managedFields', value: renamed }]);
    await cluster.kubectl('patch', 'deploy', 'bot-alpha', '--type=json', '-p', rename);
    await isOwned();
    expect((await deployment(cluster)).metadata.generation).toBe(generation);
  });

  test('an object of somebody else with all our marks copied onto it outlives the bot', async () => {
    await using at = await running();
    const { cluster, loop } = at;
    const [service] = await cluster.objects('svc');
    const { labels, annotations } = service?.metadata ?? {};
    const copy = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'stranger', labels, annotations },
      data: { a: '1' },
    };
    await cluster.kubectlInput(JSON.stringify(copy), 'create', '-f', '-');

    cluster.repo.remove('bot-alpha', 'retain');
    loop.publish();

    await vi.waitFor(async () => expect(await cluster.objects('deploy')).toEqual([]), WAIT);
    await vi.waitFor(async () => expect(await cluster.objects('svc')).toEqual([]), WAIT);
    expect((await cluster.objects('cm')).map(({ metadata }) => metadata.name)).toContain('stranger');
  });

  test('a bot object that somebody made before, without server-side apply, is not written over', async () => {
    await using cluster = await Cluster.create();
    await cluster.kubectl('create', 'configmap', 'bot-alpha-config', '--from-literal=mine=1');
    cluster.repo.record('bot-alpha', { state: 'stopped' }).synth().commit();
    await using loop = new Loop(cluster);

    await vi.waitFor(() => expect(loop.unit('bot-alpha')?.sync).toBe('failed'), WAIT);
    expect(loop.unit('bot-alpha')?.reason).toContain('ConfigMap bot-alpha-config');
    const [found] = (await cluster.objects('cm')).filter(({ metadata }) => metadata.name === 'bot-alpha-config');
    expect(found?.data).toEqual({ mine: '1' });
  });

  test('drift of one bot among ten is put right within seconds of the change', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `bot-${String(index)}`);
    await using at = await running(names);
    const { cluster, loop } = at;
    for (const name of names) {
      const began = performance.now();
      await cluster.kubectl('scale', 'deploy', name, '--replicas=3');
      await vi.waitFor(() => expect(corrections(loop, name)).toHaveLength(1), { ...WAIT, interval: 5 });
      expect(performance.now() - began).toBeLessThan(10_000);
    }
  });
});
