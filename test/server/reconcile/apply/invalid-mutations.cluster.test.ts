import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../../constructs/kube-object.ts';
import type { ManagedKind } from '../../../../server/cluster/resources.ts';
import { executeUnit } from '../../../../server/reconcile/apply/execute.ts';
import { digestOf, DIGEST_ANNOTATION } from '../../../../server/reconcile/desired/stamp.ts';
import type { DesiredUnit } from '../../../../server/reconcile/desired/desired-state.ts';
import { planUnit } from '../../../../server/reconcile/plan/plan.ts';
import { Cluster, hasPlane } from '../cluster-fixture.ts';

type Path = readonly (string | number)[];
type Mutation = readonly [kind: ManagedKind, path: Path, value: unknown];

const POD: Path = ['spec', 'template', 'spec'];
const CONTAINER: Path = [...POD, 'containers', 0];
const MEMORY: Path = [...CONTAINER, 'resources', 'limits', 'memory'];

/** Mistakes that an API server refuses, each on an object that lives. */
const MUTATIONS: readonly Mutation[] = [
  ['Deployment', ['spec', 'replicas'], -1],
  ['Deployment', ['spec', 'replicas'], 'two'],
  ['Deployment', ['spec', 'minReadySeconds'], -1],
  ['Deployment', ['spec', 'revisionHistoryLimit'], -3],
  ['Deployment', ['spec', 'progressDeadlineSeconds'], 0],
  ['Deployment', ['spec', 'strategy', 'type'], 'Sometimes'],
  ['Deployment', ['spec', 'unknownField'], true],
  ['Deployment', ['spec', 'template', 'metadata', 'labels', 'app'], 'another'],
  ['Deployment', ['spec', 'template', 'metadata', 'labels', 'app'], 'not valid!'],
  ['Deployment', [...POD, 'restartPolicy'], 'Never'],
  ['Deployment', [...POD, 'dnsPolicy'], 'Nowhere'],
  ['Deployment', [...POD, 'activeDeadlineSeconds'], 0],
  ['Deployment', [...POD, 'serviceAccountName'], 'Not_A_Name'],
  ['Deployment', [...POD, 'nodeName'], 'Not A Node'],
  ['Deployment', [...POD, 'priority'], 'high'],
  ['Deployment', [...POD, 'volumes', 0, 'name'], 'UPPER'],
  ['Deployment', [...CONTAINER, 'name'], 'Upper_Case'],
  ['Deployment', [...CONTAINER, 'image'], ''],
  ['Deployment', [...CONTAINER, 'imagePullPolicy'], 'Mostly'],
  ['Deployment', [...CONTAINER, 'terminationMessagePolicy'], 'Loud'],
  ['Deployment', [...CONTAINER, 'workingDir'], 7],
  ['Deployment', [...CONTAINER, 'lifecycle'], { postStart: {} }],
  ['Deployment', [...CONTAINER, 'env', 0, 'name'], ''],
  ['Deployment', [...CONTAINER, 'volumeMounts', 0, 'name'], 'no-such-volume'],
  ['Deployment', [...CONTAINER, 'volumeMounts', 0, 'mountPath'], ''],
  ['Deployment', [...CONTAINER, 'ports', 0, 'containerPort'], 70_000],
  ['Deployment', [...CONTAINER, 'ports', 0, 'containerPort'], 0],
  ['Deployment', [...CONTAINER, 'ports', 0, 'protocol'], 'ICMP'],
  ['Deployment', [...CONTAINER, 'ports', 0, 'name'], 'a-name-that-is-much-too-long'],
  ['Deployment', MEMORY, 'lots'],
  ['Deployment', MEMORY, '-1Gi'],
  ['Deployment', MEMORY, '1Mi'],
  ['Service', ['spec', 'type'], 'Everywhere'],
  ['Service', ['spec', 'sessionAffinity'], 'Always'],
  ['Service', ['spec', 'externalTrafficPolicy'], 'Nearby'],
  ['Service', ['spec', 'internalTrafficPolicy'], 'Nearby'],
  ['Service', ['spec', 'ports', 0, 'port'], 0],
  ['Service', ['spec', 'ports', 0, 'port'], 99_999],
  ['Service', ['spec', 'ports', 0, 'protocol'], 'HTTP'],
  ['Service', ['spec', 'ports', 0, 'name'], 'UPPER'],
  ['Service', ['spec', 'ports', 0, 'targetPort'], 70_000],
  ['Service', ['spec', 'selector', 'app'], 'not valid!'],
  ['Service', ['spec', 'ipFamilyPolicy'], 'TripleStack'],
  ['Service', ['metadata', 'labels', 'bad key!'], 'x'],
  ['ConfigMap', ['data', 'bad key!'], 'x'],
  ['ConfigMap', ['data', 'number'], 5],
  ['ConfigMap', ['metadata', 'labels', 'app'], 'not valid!'],
  ['ConfigMap', ['metadata', 'annotations', 'bad key!'], 'x'],
  ['NetworkPolicy', ['spec', 'policyTypes'], ['Sideways']],
  ['NetworkPolicy', ['spec', 'ingress'], [{ ports: [{ port: 0 }] }]],
  ['NetworkPolicy', ['spec', 'ingress'], [{ ports: [{ port: 80, protocol: 'ICMP' }] }]],
  ['NetworkPolicy', ['spec', 'ingress'], [{ from: [{ ipBlock: { cidr: '10.0.0.0/99' } }] }]],
  ['NetworkPolicy', ['spec', 'podSelector'], { matchLabels: { app: 'not valid!' } }],
  ['PersistentVolumeClaim', ['metadata', 'labels', 'app'], 'not valid!'],
  ['PersistentVolumeClaim', ['spec', 'accessModes'], ['Whenever']],
  ['PersistentVolumeClaim', ['spec', 'resources', 'requests', 'storage'], '1Ki'],
];

function mutated(node: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(node)) {
    return (node as readonly unknown[]).map((item, index) => (index === step ? mutated(item, rest, value) : item));
  }
  const members = (node ?? {}) as Readonly<Record<string, unknown>>;
  return { ...members, [step]: mutated(members[step], rest, value) };
}

/** As main would want it: with a digest of its own. */
function spoil(object: KubeObject, [, path, value]: Mutation): KubeObject {
  const spoilt = mutated(object, path, value) as KubeObject;
  const annotations = { ...spoilt.metadata.annotations, [DIGEST_ANNOTATION]: digestOf(spoilt) };
  return { ...spoilt, metadata: { ...spoilt.metadata, annotations } };
}

describe.skipIf(!hasPlane)('an object that the API server refuses', () => {
  test(`in ${MUTATIONS.length} ways is told as wrong, not tried as if it would pass, and never deleted to be made again`, async () => {
    await using cluster = await Cluster.create();
    cluster.repo
      .record('bot-alpha', { env: { FIRST: '1' } })
      .synth()
      .commit();
    await cluster.apply();
    const ids = (objects: Awaited<ReturnType<Cluster['objects']>>) =>
      objects.map(({ metadata }) => `${metadata.name} ${metadata.uid ?? ''} ${metadata.generation ?? ''}`).sort();
    const before = ids(await cluster.objects('deploy,svc,pvc,cm,netpol'));
    const plan = await cluster.plan();
    const unit = plan.desired.units.get('bot-alpha');
    if (unit?.state !== 'present') throw new Error('bot-alpha is not on main');
    const { api, namespace } = cluster;
    const wrong: string[] = [];
    for (const mutation of MUTATIONS) {
      const [kind, path, value] = mutation;
      const target = unit.objects.find((object) => object.kind === kind);
      if (target === undefined) throw new Error(`bot-alpha has no ${kind}`);
      const object = { ...target, object: spoil(target.object, mutation) };
      const desired: DesiredUnit = { ...unit, objects: [object] };
      const live = plan.index.unit(unit);
      const planned = planUnit(desired, live, plan.planContext('bot-alpha'));
      const action = planned.actions.find((one) => one.desired === object);
      const isSafe = action?.action === 'configure' || action?.action === 'skip';
      const only = {
        ...planned,
        actions: action === undefined ? [] : [action],
        parent: { action: 'unchanged' } as const,
      };
      const outcome = await executeUnit(only, { api, namespace, live, isThere: () => true, sink: plan.index });
      const [result] = outcome.results;
      const isTold = action?.action === 'skip' || result?.failure?.type === 'invalid';
      if (!isSafe || !isTold || (action.action !== 'skip' && outcome.retryable)) {
        wrong.push(
          `${kind} ${path.join('.')} ${JSON.stringify(value)}: ${action?.action ?? 'none'} ${result?.result ?? ''} ${JSON.stringify(result?.failure ?? null)}`,
        );
      }
    }
    expect(wrong).toEqual([]);
    expect(cluster.api.http.sent.get('DELETE') ?? 0).toBe(0);
    expect(ids(await cluster.objects('deploy,svc,pvc,cm,netpol'))).toEqual(before);
  });
});
