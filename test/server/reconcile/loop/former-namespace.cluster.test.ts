import { describe, expect, test, vi } from 'vitest';
import { createTestNamespace } from '../../../control-plane/namespace.ts';
import { createKubectl } from '../../../control-plane/kubectl.ts';
import { Cluster, hasPlane, plane } from '../cluster-fixture.ts';
import { Loop, WAIT } from '../loop-fixture.ts';

const KINDS = 'deploy,svc,pvc,cm,secret,netpol';

/** What of an object is not the cluster's own to write while its pod comes up. */
interface Written {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: unknown;
    readonly annotations?: unknown;
    readonly managedFields?: readonly { readonly manager: string; readonly time?: string }[];
  };
  readonly spec?: unknown;
  readonly data?: unknown;
}

/** A second namespace beside the fleet's own, and what of ours is in either: what it says, and when we wrote it. */
async function beside(cluster: Cluster) {
  if ('unavailable' in plane) throw new Error(plane.unavailable);
  const kubectl = createKubectl(plane.kubectlPath, plane.kubeconfig);
  const other = await createTestNamespace(kubectl, 'rec');
  const objectsIn = async (namespace: string): Promise<readonly string[]> => {
    const ours = ['-l', 'app.kubernetes.io/managed-by=claworc'];
    const { stdout } = await kubectl(['get', KINDS, '-n', namespace, ...ours, '-o', 'json', '--show-managed-fields']);
    const { items } = JSON.parse(stdout) as { readonly items: readonly Written[] };
    return items
      .filter(({ metadata }) => !metadata.name.startsWith('claworc-applyset'))
      .map(({ kind, metadata: { name, uid, labels, annotations, managedFields = [] }, spec, data }) => {
        const times = managedFields.filter(({ manager }) => manager === 'claworc').map(({ time }) => time);
        return `${kind}/${name} ${JSON.stringify({ uid, labels, annotations, times, spec, data })}`;
      });
  };
  return {
    name: other.name,
    here: () => objectsIn(cluster.namespace),
    there: () => objectsIn(other.name),
    [Symbol.asyncDispose]: () => other.dispose(),
  };
}

describe.skipIf(!hasPlane)('a namespace that a raw commit changes while bots live', () => {
  test('gets nothing and the old one stays untouched; put back it goes on, and moved as told it works', async () => {
    await using cluster = await Cluster.create();
    await using other = await beside(cluster);
    const { repo } = cluster;
    repo.record('bot-alpha').synth().commit();
    await using loop = new Loop(cluster);
    const { observed } = loop.reconciler;
    const applied = (unit: string): Promise<void> =>
      vi.waitFor(() => expect(loop.unit(unit)).toMatchObject({ sync: 'applied' }), WAIT);
    const held = (): Promise<void> =>
      vi.waitFor(() => {
        expect(observed.standing()[0]).toContain(`1 bot lives (bot-alpha) in ${cluster.namespace}`);
        expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'failed' });
      }, WAIT);
    // Until its pod is up the cluster goes on writing to its objects.
    await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied', status: 'running' }), WAIT);
    const before = await other.here();

    repo.moveTo(other.name);
    loop.publish();
    await held();
    expect(await other.there()).toEqual([]);
    expect(await other.here()).toEqual(before);
    expect(observed.held()).toEqual([]);

    repo.moveTo(cluster.namespace).record('bot-beta');
    loop.publish();
    await applied('bot-alpha');
    await applied('bot-beta');
    expect(observed.standing()).toEqual([]);

    // The move as it is told: the bots go in one commit, the namespace changes in the next, and they come again.
    repo.remove('bot-alpha', 'retain').remove('bot-beta', 'destroy');
    loop.publish();
    await vi.waitFor(async () => expect((await other.here()).join()).not.toContain('Deployment/'), WAIT);
    await vi.waitFor(
      () => expect(['bot-alpha', 'bot-beta'].map((name) => loop.unit(name)?.leaving)).toEqual([null, null]),
      WAIT,
    );
    repo.moveTo(other.name);
    loop.publish();
    await vi.waitFor(() => expect(observed.namespace()).toBe(other.name), WAIT);
    repo.record('bot-alpha');
    loop.publish();

    await vi.waitFor(async () => expect((await other.there()).join()).toContain('Deployment/bot-alpha'), WAIT);
    await applied('bot-alpha');
    expect(observed.standing()).toEqual([]);
    expect((await other.here()).join()).not.toContain('Deployment/bot-alpha');
  });
});
