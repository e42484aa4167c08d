import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordPath } from '../../../../constructs/repo/paths.ts';
import { fsckExitCode } from '../../../../server/reconcile/once/fsck-repo.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';

describe.skipIf(!hasPlane)('fsck on a real API server', () => {
  let cluster: Cluster;
  beforeEach(async () => {
    cluster = await Cluster.create();
    cluster.repo.record('bot-alpha').record('bot-omega').synth().commit();
    await cluster.apply();
  });
  afterEach(() => cluster[Symbol.asyncDispose]());

  test('finds nothing in what an apply left, and leaves every resourceVersion as it was', async () => {
    const before = cluster.writes();
    const report = await cluster.fsck({ repair: true });
    expect(report.findings).toEqual([]);
    expect(cluster.writes()).toBe(before);
  });

  test('puts copied marks, a parent without its kinds and a named orphan right at once, and deletes no volume', async () => {
    const kinds = 'applyset.kubernetes.io/contains-group-kinds';
    const alpha = JSON.parse(await cluster.kubectl('get', 'cm', 'bot-alpha-config', '-o', 'json')) as {
      metadata: { labels: Record<string, string>; annotations: Record<string, string> };
    };
    const { labels, annotations } = alpha.metadata;
    const copy = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'theirs', labels, annotations } };
    await cluster.kubectlInput(JSON.stringify({ ...copy, data: { mine: 'yes' } }), 'create', '-f', '-');
    await cluster.kubectl('annotate', '--overwrite', 'cm', 'bot-alpha-applyset', `${kinds}=ConfigMap`);
    cluster.repo.write(recordPath('bot-omega'), null);
    for (const path of [...cluster.repo.files.keys()]) {
      if (path.startsWith('dist/bot-omega/')) cluster.repo.write(path, null);
    }
    cluster.repo.commit();
    const claims = await cluster.objects('pvc');

    const found = await cluster.fsck();
    expect(found.findings.map(({ kind }) => kind).sort()).toEqual(['copied_mark', 'half_parent', 'orphan']);
    expect(fsckExitCode(found)).toBe(3);
    const report = await cluster.fsck({ repair: true, remove: ['bot-omega'] });

    expect(report.repaired.map(({ state, reason }) => `${state} ${reason}`.trim())).toEqual(['done', 'done', 'done']);
    expect(report.findings.map(({ kind }) => kind)).toEqual(['retained']);
    expect(fsckExitCode(report)).toBe(0);
    expect(await cluster.kubectl('get', 'cm', 'theirs', '-o', 'jsonpath={.data.mine}')).toBe('yes');
    const left = await cluster.objects('pvc');
    expect(left.map(({ metadata }) => metadata.uid).sort()).toEqual(claims.map(({ metadata }) => metadata.uid).sort());
    const omega = (await cluster.names('app=bot-omega')).filter((name) => !name.startsWith('PersistentVolumeClaim/'));
    expect(omega).toEqual([]);
    expect((await cluster.apply()).units.every(({ wrote }) => !wrote)).toBe(true);
  });
});
