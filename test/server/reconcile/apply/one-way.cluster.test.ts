import { describe, expect, test, vi } from 'vitest';
import { NODE_PORTS } from '../../../support/node-ports.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

const CHROME = NODE_PORTS.taken;

describe.skipIf(!hasPlane)('what the cluster gives once', () => {
  test('a node port that a Service of another namespace has is told with it, and another pair of main mends it', async () => {
    await using cluster = await Cluster.create();
    await using other = await Cluster.create();
    const spec = { type: 'NodePort', ports: [{ port: 80, nodePort: CHROME }] };
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec };
    await other.kubectlInput(JSON.stringify(service), 'apply', '-f', '-');

    const nodePorts = { chrome: CHROME, terminal: CHROME + 1 };
    cluster.repo.record('bot-alpha', { exposure: 'nodePort', nodePorts }).synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ repair: 'ports' }), WAIT);
    const unit = loop.unit('bot-alpha');
    expect(unit?.reason).toMatch(
      `node port ${CHROME} is allocated by Service web of namespace ${other.namespace}; the next free pair is 30`,
    );
    expect(unit?.command).toBe(`kubectl -n ${other.namespace} get service web`);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running', sync: 'failed' }), WAIT);

    const [, chrome] = /next free pair is (\d+) and/.exec(unit?.reason ?? '') ?? [];
    const free = { chrome: Number(chrome), terminal: Number(chrome) + 1 };
    cluster.repo.record('bot-alpha', { exposure: 'nodePort', nodePorts: free });
    loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', repair: 'none' }), WAIT);
  });

  test('a growth that the storage class does not allow is never sent: the claim alone is held, the rest applies', async () => {
    await using cluster = await Cluster.create();
    const { storage } = cluster.repo.fleet.spec;
    const record = (chrome: string, more = {}) =>
      cluster.repo.record('bot-alpha', {
        storage: { ...storage, className: 'kwok-volume-fixed', chrome },
        ...more,
      });
    record('5Gi').synth().commit();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ status: 'running' }), WAIT);

    record('9Gi', { config: '{"grown":true}' });
    loop.publish();
    const why =
      "PersistentVolumeClaim bot-alpha-chrome: it stays at 5Gi and can't grow to 9Gi: the storage class kwok-volume-fixed does not let volumes grow (allowVolumeExpansion)";
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'failed', reason: why }), WAIT);
    await vi.waitFor(async () => {
      expect(JSON.stringify(await cluster.objects('configmaps'))).toContain('grown');
    }, WAIT);
  });
});
