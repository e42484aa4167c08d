import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../server/cluster/live-object.ts';
import { isRecord } from '../../../../server/lib/is-record.ts';
import { formatPath, readPath } from '../../../../server/reconcile/plan/field-path.ts';
import { leavesOf } from '../../../../server/reconcile/plan/leaves.ts';
import { hasWork, type PlannedAction } from '../../../../server/reconcile/plan/plan-types.ts';
import { MemoryCluster } from '../memory-cluster.ts';

type Json = Record<string, unknown>;
interface EnvVar {
  readonly name: string;
  readonly value?: string;
}

/** What an admission always does to an object, however often it sees it. */
type Admission = (object: Json) => void;

const metadataOf = (object: Json): { labels?: Json; annotations?: Json } => object.metadata as { labels?: Json };
const containerOf = (object: Json): { image?: string; env?: EnvVar[]; resources?: { limits?: Json } } =>
  (object.spec as { template: { spec: { containers: [Json] } } }).template.spec.containers[0];
const on =
  (kind: string, change: (object: Json) => void): Admission =>
  (object) => {
    if (object.kind === kind) change(object);
  };

const ADMISSIONS: Readonly<Record<string, Admission>> = {
  'an image rewritten': on('Deployment', (object) => (containerOf(object).image = 'mirror.example/bot:1')),
  'replicas raised': on('Deployment', (object) => ((object.spec as Json).replicas = 2)),
  'a limit lowered': on('Deployment', (object) => {
    const { resources } = containerOf(object);
    if (resources !== undefined) resources.limits = { ...resources.limits, cpu: '1' };
  }),
  'a variable changed': on('Deployment', (object) => {
    const { env = [] } = containerOf(object);
    containerOf(object).env = env.map((one) => (one.name === 'A' ? { name: 'A', value: 'admitted' } : one));
  }),
  'a variable taken away': on('Deployment', (object) => {
    containerOf(object).env = (containerOf(object).env ?? []).filter(({ name }) => name !== 'B');
  }),
  'a variable added': on('Deployment', (object) => {
    const others = (containerOf(object).env ?? []).filter(({ name }) => name !== 'ADMITTED');
    containerOf(object).env = [...others, { name: 'ADMITTED', value: '1' }];
  }),
  'a label added everywhere': (object) =>
    (metadataOf(object).labels = { ...metadataOf(object).labels, admitted: 'yes' }),
  'a label changed everywhere': (object) =>
    (metadataOf(object).labels = { ...metadataOf(object).labels, 'app.kubernetes.io/component': 'admitted' }),
  'a size raised': on('PersistentVolumeClaim', (object) => {
    object.spec = { ...(object.spec as Json), resources: { requests: { storage: '50Gi' } } };
  }),
  'a key of a ConfigMap changed': on('ConfigMap', (object) => {
    if (isRecord(object.data)) object.data = { ...object.data, 'clawdbot.json': '{"admitted": true}' };
  }),
};

/** Somebody who has a hand in the variables of the bot: says the same as main, or something else. */
interface Hand {
  readonly manager: 'kubectl' | 'kubectl-edit' | 'mesh';
  readonly does: 'share' | 'edit' | 'add';
  readonly name: string;
}

const names = fc.constantFrom('A', 'B', 'C', 'D');
const env = fc.dictionary(names, fc.constantFrom('1', '2'), { maxKeys: 4 });
const hand = fc.record<Hand>({
  manager: fc.constantFrom('kubectl', 'kubectl-edit', 'mesh'),
  does: fc.constantFrom('share', 'edit', 'add'),
  name: names,
});
const admissions = fc.subarray(Object.keys(ADMISSIONS), { maxLength: 4 });

const liveOf = (cluster: MemoryCluster): LiveObject => cluster.find('Deployment', 'bot-alpha')!;
const envOf = (object: LiveObject): readonly EnvVar[] => containerOf(object).env ?? [];

function lend(cluster: MemoryCluster, { manager, does, name }: Hand): void {
  const before = envOf(liveOf(cluster));
  const found = before.find((one) => one.name === name);
  const part = (variables: readonly EnvVar[]) => ({
    spec: { template: { spec: { containers: [{ name: 'moltbot', env: variables }] } } },
  });
  if (does === 'share') {
    if (found !== undefined) cluster.share('Deployment', 'bot-alpha', manager, part([found]));
    return;
  }
  const next =
    does === 'add' ? { name: `OF_${manager.toUpperCase().replace('-', '_')}`, value: '1' } : { name, value: 'edited' };
  if (does === 'edit' && found === undefined) return;
  const containers = (liveOf(cluster).spec as { template: { spec: { containers: Json[] } } }).template.spec.containers;
  const others = before.filter((one) => one.name !== next.name);
  const changed = [{ ...containers[0], env: [...others, next] }, ...containers.slice(1)];
  cluster.edit('Deployment', 'bot-alpha', manager, { spec: { template: { spec: { containers: changed } } } });
}

/** Every mention of a field: as a difference, or as changed on the way in. */
function toldFields({ fields, reason }: PlannedAction): readonly string[] {
  const onTheWay = reason.split('changed on the way in by the cluster: ')[1] ?? '';
  return [
    ...fields.map(({ field }) => field),
    ...onTheWay.split('; ').flatMap((text) => /^(.*) is (?:.*), main says/s.exec(text)?.[1] ?? []),
  ];
}

test('whatever admission changes and whoever has a hand in it: two passes converge, nothing foreign goes, each difference is told once', async () => {
  await fc.assert(
    fc.asyncProperty(env, env, admissions, fc.array(hand, { maxLength: 4 }), fc.boolean(), async (...inputs) => {
      const [first, second, admitted, hands, isAdmittedLater] = inputs;
      await using cluster = await MemoryCluster.create();
      const admit = (): void => {
        cluster.server.store.admit = (object) => {
          const copy = structuredClone(object) as unknown as Json;
          for (const name of admitted) ADMISSIONS[name]?.(copy);
          return copy as unknown as LiveObject;
        };
      };
      if (!isAdmittedLater) admit();
      cluster.repo.record('bot-alpha', { env: first }).synth().commit();
      await cluster.apply();
      if (isAdmittedLater && !admitted.includes('a size raised')) admit();
      for (const one of hands) lend(cluster, one);
      const foreign = envOf(liveOf(cluster)).filter(({ name }) => name.startsWith('OF_'));
      cluster.repo.record('bot-alpha', { env: second }).synth().commit();
      await cluster.apply();

      const plan = await cluster.plan();
      expect(plan.units.filter(hasWork)).toEqual([]);
      const writes = cluster.writes().length;
      await cluster.apply();
      expect(cluster.writes().slice(writes)).toEqual([]);

      expect(envOf(liveOf(cluster))).toEqual(expect.arrayContaining([...foreign]));
      for (const action of plan.units.flatMap(({ actions }) => actions)) {
        const { desired, live, name } = action;
        if (desired === undefined || live === undefined) continue;
        const told = toldFields(action);
        expect(told, name).toEqual([...new Set(told)]);
        for (const { path, value } of leavesOf(desired.object)) {
          const there = readPath(live, path);
          const isSame = isRecord(value) || value === '' || JSON.stringify(there) === JSON.stringify(value);
          const isTold = told.includes(formatPath(path));
          if (!isSame && !isTold) expect.fail(`${name}: ${formatPath(path)} is ${JSON.stringify(there)}, untold`);
        }
        for (const { name: variable } of action.kind === 'Deployment' ? envOf(live) : []) {
          const isDropped = variable in first && !(variable in second);
          const isTold = told.some((field) => field.includes(`env[name="${variable}"]`));
          if (isDropped && !isTold) expect.fail(`${variable} lives on, untold`);
        }
      }
    }),
    { numRuns: 40 },
  );
});
