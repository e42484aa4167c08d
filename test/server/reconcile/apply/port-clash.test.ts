import { describe, expect, test, vi } from 'vitest';
import type { KubeObject } from '../../../../constructs/kube-object.ts';
import { NAMESPACES } from '../../../../server/cluster/resources.ts';
import { status } from '../../../support/api-server/answers.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

const THEIRS = { manager: 'another-team', dryRun: false };

/** bot-alpha and bot-beta want the pairs from 30100 and 30102 on; a Service of another team has 30101. */
async function clashing(): Promise<MemoryCluster> {
  const cluster = await MemoryCluster.create();
  const team = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
  cluster.server.store.create({ resource: NAMESPACES, namespace: null, name: 'team' }, team, THEIRS);
  const spec = { type: 'NodePort', ports: [{ port: 80, protocol: 'TCP', nodePort: 30101 }] };
  const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace: 'team' }, spec };
  cluster.server.store.create({ ...cluster.target('Service', 'web'), namespace: 'team' }, service, THEIRS);
  for (const [name, chrome] of [
    ['bot-alpha', 30100],
    ['bot-beta', 30102],
  ] as const) {
    cluster.repo.record(name, { exposure: 'nodePort', nodePorts: { chrome, terminal: chrome + 1 } });
  }
  cluster.repo.synth().commit();
  return cluster;
}

describe('a node port of main that the cluster has given to somebody else', () => {
  test('is told with who has it and the next pair that neither the cluster nor main has given away', async () => {
    await using cluster = await clashing();
    const { units } = await cluster.apply();
    expect(units.slice(0, 2).map(({ state, reason }) => [state, reason])).toEqual([
      [
        'failed',
        'Service bot-alpha-vnc: node port 30101 is allocated by Service web of namespace team; the next free pair is 30104 and 30105',
      ],
      ['done', ''],
    ]);
  });

  test('is told without a name where Services of other namespaces may not be listed', async () => {
    await using cluster = await clashing();
    cluster.server.fault = ({ path }) =>
      path === '/api/v1/services' ? status(403, 'Forbidden', 'services is forbidden') : undefined;
    const { units } = await cluster.apply();
    expect(units[0]?.reason).toContain('is allocated by a Service of another namespace, which may not be listed');
  });

  test('leaves the bot itself running, and its status leads to where another pair is chosen', async () => {
    await using cluster = await clashing();
    await using loop = new Loop(cluster);
    await vi.waitFor(() => expect(loop.unit('bot-alpha')?.sync).toBe('failed'), WAIT);
    expect(loop.unit('bot-alpha')).toMatchObject({
      repair: 'ports',
      command: 'kubectl -n team get service web',
      next:
        'Give it the pair 30104 and 30105, here or in its record (spec.nodePorts.chrome 30104 and ' +
        'spec.nodePorts.terminal 30105 in instances/bot-alpha.yaml), or let its holder give 30101 back.',
    });
    expect(cluster.find('Deployment', 'bot-alpha')).toBeDefined();

    const nodePorts = { chrome: 30104, terminal: 30105 };
    cluster.repo.record('bot-alpha', { exposure: 'nodePort', nodePorts });
    loop.publish();
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', repair: 'none' }), WAIT);
  });
});
