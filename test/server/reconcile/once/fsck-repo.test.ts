import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { recordPath } from '../../../../constructs/repo/paths.ts';
import { fsckExitCode, type FsckReport } from '../../../../server/reconcile/once/fsck-repo.ts';
import { formatFsck, fsckData } from '../../../../server/reconcile/once/fsck-words.ts';
import { parentNameOf, unitApplySetId } from '../../../../server/reconcile/desired/applyset-id.ts';
import { PART_OF_LABEL, RETAINED_LABEL, UNIT_ANNOTATION } from '../../../../server/reconcile/desired/stamp.ts';
import { GROUP_KINDS_ANNOTATION, ID_LABEL, recordedKinds } from '../../../../server/reconcile/plan/applyset.ts';
import { MemoryCluster } from '../memory-cluster.ts';

let cluster: MemoryCluster;
beforeEach(async () => {
  cluster = await MemoryCluster.withAlpha();
  cluster.repo.record('bot-omega').synth().commit();
  await cluster.apply();
});
afterEach(() => cluster[Symbol.asyncDispose]());

const kindsIn = ({ findings }: FsckReport) => findings.map(({ kind, unit }) => `${kind} ${unit ?? ''}`.trim());
const parentName = parentNameOf('bot-alpha');

/** Takes every file of a bot away without a tombstone, as a hand at a keyboard does. */
function lose(bot: string): void {
  cluster.repo.write(recordPath(bot), null);
  for (const path of [...cluster.repo.files.keys()]) if (path.includes(`/${bot}/`)) cluster.repo.write(path, null);
  cluster.repo.commit();
}

function copyConfigMap(name: string, metadata: Readonly<Record<string, unknown>>): void {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, ...metadata }, data: { mine: 'yes' } };
  cluster.server.store.create(cluster.target('ConfigMap', name), object, { manager: 'kubectl', dryRun: false });
}

test('a fleet that was applied has nothing wrong, and looking writes nothing', async () => {
  const before = cluster.writes().length;
  const report = await cluster.fsck({ repair: true });
  expect(report).toMatchObject({ findings: [], repaired: [], held: null });
  expect(fsckExitCode(report)).toBe(0);
  expect(formatFsck(report, { mode: 'look' })).toContain('Nothing is wrong.');
  expect(cluster.writes()).toHaveLength(before);
});

describe('a bot that lives and that the commit does not name', () => {
  beforeEach(async () => {
    lose('bot-omega');
    await cluster.apply();
  });

  test('is found, and a repair leaves it alone that does not name it', async () => {
    const before = cluster.names();
    const report = await cluster.fsck({ repair: true });
    expect(kindsIn(report)).toEqual(['orphan bot-omega']);
    expect(report.findings[0]?.help).toContain('claworc fsck --repair --remove bot-omega --yes');
    expect(fsckExitCode(report)).toBe(3);
    expect(cluster.names()).toEqual(before);
  });

  test('goes when a person names it, and its volumes stay, marked as kept', async () => {
    const volumes = cluster.names().filter((name) => name.startsWith('PersistentVolumeClaim/bot-omega'));
    const report = await cluster.fsck({ repair: true, remove: ['bot-omega'], waitMs: 10_000 });
    expect(report.repaired).toMatchObject([{ state: 'done', finding: { unit: 'bot-omega' } }]);
    expect(cluster.names().filter((name) => name.includes('bot-omega'))).toEqual(volumes);
    expect(volumes).toHaveLength(4);
    const claim = cluster.find('PersistentVolumeClaim', 'bot-omega-chrome');
    expect(claim?.metadata.labels).toMatchObject({ [RETAINED_LABEL]: 'bot-omega' });
    expect(kindsIn(report)).toEqual(['retained bot-omega']);
    expect(fsckExitCode(report)).toBe(0);
    expect(fsckData(report)).toMatchObject({ clean: true });
  });

  test('can not be named where main has it', async () => {
    await expect(cluster.fsck({ repair: true, remove: ['bot-alpha'] })).rejects.toThrow(/bot-alpha: only what lives/);
  });

  test('is not removed by a commit that may be older than what lives', async () => {
    const before = cluster.names();
    const orderOf = () => Promise.resolve('missing' as const);
    cluster.repo.record('bot-new').synth().commit();
    const report = await cluster.fsck({ orderOf, repair: true, remove: ['bot-omega'] });
    expect(kindsIn(report)).toEqual(['double_fleet', 'orphan bot-omega']);
    expect(report).toMatchObject({
      repaired: [],
      held: expect.stringContaining('is not in this repository') as string,
    });
    expect(formatFsck(report, { mode: 'repair' })).toMatch(/Nothing is repaired: /);
    expect(cluster.names()).toEqual(before);
  });

  test('whose parent alone is left is tidied away', async () => {
    for (const name of cluster.names().filter((each) => each.includes('bot-omega'))) {
      const [kind, object] = name.split('/') as ['ConfigMap', string];
      if (object !== parentNameOf('bot-omega')) cluster.server.store.finish(cluster.target(kind, object));
    }
    const report = await cluster.fsck({ repair: true });
    expect(report.repaired).toMatchObject([{ state: 'done', finding: { kind: 'orphan_parent' } }]);
    expect(report.findings).toEqual([]);
    expect(cluster.names().filter((name) => name.includes('bot-omega'))).toEqual([]);
  });
});

describe('the parent of an ApplySet', () => {
  test('that does not record a kind which lives records it after a repair', async () => {
    cluster.edit('ConfigMap', parentName, 'somebody', {
      metadata: { annotations: { [GROUP_KINDS_ANNOTATION]: 'ConfigMap,Service' } },
    });
    const found = await cluster.fsck();
    expect(kindsIn(found)).toEqual(['half_parent bot-alpha']);
    expect(found.findings[0]?.what).toContain('Deployment.apps');
    const report = await cluster.fsck({ repair: true });
    expect(report.repaired).toMatchObject([{ state: 'done' }]);
    expect(recordedKinds(cluster.find('ConfigMap', parentName))).toContain('Deployment');
    expect(fsckExitCode(report)).toBe(0);
  });

  test('that is gone is written again', async () => {
    cluster.server.store.finish(cluster.target('ConfigMap', parentName));
    const report = await cluster.fsck({ repair: true });
    expect(report.repaired).toMatchObject([{ state: 'done', finding: { kind: 'missing_parent' } }]);
    expect(cluster.find('ConfigMap', parentName)?.metadata.labels?.[ID_LABEL]).toBe(
      unitApplySetId('bot-alpha', 'claworc'),
    );
  });

  test('that has a copy is the only one after a repair, and the copy keeps its data', async () => {
    const { labels, annotations } = cluster.find('ConfigMap', parentName)?.metadata ?? {};
    copyConfigMap('a-copy', { labels, annotations });
    const report = await cluster.fsck({ repair: true });
    expect(report.repaired).toMatchObject([{ state: 'done', finding: { kind: 'double_parent' } }]);
    expect(report.findings).toEqual([]);
    const copy = cluster.find('ConfigMap', 'a-copy');
    expect(copy).toMatchObject({ data: { mine: 'yes' } });
    expect(copy?.metadata.labels?.[ID_LABEL]).toBeUndefined();
  });

  test('of another namespace is told as another fleet, and left alone', async () => {
    const labels = { [ID_LABEL]: unitApplySetId('bot-alpha', 'elsewhere') };
    copyConfigMap('bot-far-applyset', { labels, annotations: { 'applyset.kubernetes.io/tooling': 'claworc/0.1.0' } });
    const report = await cluster.fsck({ repair: true });
    expect(kindsIn(report)).toEqual(['double_fleet']);
    expect(report.repaired).toEqual([]);
  });
});

test('marks that somebody copied to an object of their own are taken off, and the object stays', async () => {
  const id = unitApplySetId('bot-alpha', 'claworc');
  copyConfigMap('theirs', { labels: { [PART_OF_LABEL]: id, app: 'theirs' }, annotations: { [UNIT_ANNOTATION]: 'x' } });
  const report = await cluster.fsck({ repair: true });
  expect(report.repaired).toMatchObject([{ state: 'done', finding: { kind: 'copied_mark' } }]);
  const theirs = cluster.find('ConfigMap', 'theirs');
  expect(theirs?.metadata.labels).toEqual({ app: 'theirs' });
  expect(theirs?.metadata.annotations?.[UNIT_ANNOTATION]).toBeUndefined();
  expect(theirs).toMatchObject({ data: { mine: 'yes' } });
});

test('an object of ours in the ApplySet of another tool is told with the parent of that', async () => {
  copyConfigMap('their-set', { labels: { [ID_LABEL]: 'applyset-other-v1' } });
  const labels = { [PART_OF_LABEL]: 'applyset-other-v1' };
  cluster.edit('Service', 'bot-alpha-vnc', 'kubectl', { metadata: { labels } });
  const report = await cluster.fsck({ repair: true });
  expect(kindsIn(report)).toEqual(['other_set bot-alpha']);
  expect(report.findings[0]?.what).toContain('ConfigMap their-set');
});

test('an object of ours that lost its marks, and that main does not want, is told with what brings them back', async () => {
  cluster.repo.remove('bot-omega', 'retain').synth().commit();
  const lost = { labels: { [PART_OF_LABEL]: null }, annotations: { [UNIT_ANNOTATION]: null } };
  cluster.edit('Service', 'bot-omega-vnc', 'kubectl', { metadata: lost });
  const report = await cluster.fsck({ repair: true });
  expect(kindsIn(report)).toEqual(['lost_marks bot-omega']);
  expect(report.findings[0]?.help).toContain('kubectl -n claworc label --overwrite service/bot-omega-vnc');
});

test('a Service of somebody else that has the node port of a bot is told', async () => {
  cluster.repo.record('bot-port', { exposure: 'nodePort', nodePorts: { chrome: 30100, terminal: 30101 } });
  cluster.repo.synth().commit();
  const service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'taken' },
    spec: { ports: [{ nodePort: 30100 }] },
  };
  cluster.server.store.create(cluster.target('Service', 'taken'), service, { manager: 'kubectl', dryRun: false });
  const report = await cluster.fsck({ repair: true });
  expect(kindsIn(report)).toEqual(['port_clash bot-port']);
  expect(report.findings[0]?.objects).toEqual(['Service taken']);
});
