import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isEnding } from '../../../../server/reconcile/live/live-shapes.ts';
import { isFinished } from '../../../../server/reconcile/live/pods.ts';
import { ago, claim, container, deployment, ended, event, holding, NOW, pod, statusOf } from './status-fixture.ts';

/** Also ahead of our clock: the cluster has its own. */
const time = fc.integer({ min: -120, max: 4000 }).map(ago);
const orNot = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });

const anyContainer = fc
  .record({
    ready: fc.boolean(),
    restartCount: fc.nat(5),
    state: fc.oneof(
      time.map((startedAt) => ({ running: { startedAt } })),
      fc
        .constantFrom('CrashLoopBackOff', 'ErrImagePull', 'ContainerCreating')
        .map((reason) => ({ waiting: { reason } })),
      fc.integer({ min: 0, max: 137 }).map((code) => ended(code, 3)),
    ),
    lastState: fc.constantFrom({}, ended(137, 50), ended(1, 5)),
  })
  .map(container);

const anyPod = fc
  .record({
    phase: fc.constantFrom('Pending', 'Running', 'Failed', 'Succeeded', 'Unknown'),
    ready: fc.constantFrom('True', 'False', 'Unknown'),
    lastTransitionTime: time,
    containers: fc.array(anyContainer, { maxLength: 2 }),
    creationTimestamp: time,
    deletionTimestamp: orNot(time),
    digest: fc.constantFrom('new', 'old'),
  })
  .map(({ phase, ready: status, lastTransitionTime, containers, creationTimestamp, deletionTimestamp, digest }) =>
    pod(
      { phase, conditions: [{ type: 'Ready', status, lastTransitionTime }], containerStatuses: containers },
      {
        creationTimestamp,
        annotations: { 'claworc.dev/config-digest': digest },
        ...(deletionTimestamp !== undefined && { deletionTimestamp, deletionGracePeriodSeconds: 30 }),
      },
    ),
  );

const anyDeployment = fc
  .record({
    replicas: fc.nat(2),
    generation: fc.constantFrom(3, 4),
    deletionTimestamp: orNot(time),
    isHeld: fc.boolean(),
  })
  .map(({ replicas, generation, deletionTimestamp, isHeld }) =>
    deployment({
      replicas,
      metadata: {
        generation,
        ...(deletionTimestamp !== undefined && { deletionTimestamp }),
        ...(isHeld && holding('keda-operator')),
      },
    }),
  );

const anySituation = fc.record({
  objects: fc
    .tuple(orNot(anyDeployment), fc.constantFrom('Bound', 'Pending'))
    .map(([found, phase]) => [...(found === undefined ? [] : [found]), claim(phase)]),
  pods: fc.array(anyPod, { maxLength: 3 }),
  more: fc.record({
    wanted: fc.constantFrom(undefined, 0, 1),
    isLeaving: fc.boolean(),
    refusal: fc.constantFrom(null, 'refused'),
    waitsFor: fc.constantFrom(null, 'no cluster'),
    behind: fc.constantFrom('', 'held'),
    events: fc.subarray([
      event('PersistentVolumeClaim', 'ProvisioningFailed', 'no'),
      event('Pod', 'FailedMount', 'no'),
      event('Pod', 'NodeNotReady', 'Node is not ready'),
    ]),
  }),
});

test('no status is since a time to come, and a look that is due is ahead', () => {
  fc.assert(
    fc.property(anySituation, ({ objects, pods, more }) => {
      const view = statusOf(objects, pods, more);

      if (view.since !== null) expect(Date.parse(view.since)).toBeLessThanOrEqual(NOW);
      if (view.changesAt !== null) expect(Date.parse(view.changesAt)).toBeGreaterThan(NOW);
      expect(view.seen).not.toBe('');
      if (view.status === 'error') expect(view.statusReason).not.toBe('');
    }),
    { numRuns: 2_000 },
  );
});

test('a bot with a live pod is never stopped, whatever was wished, and one without is never running', () => {
  fc.assert(
    fc.property(anySituation, ({ objects, pods, more }) => {
      const { status } = statusOf(objects, pods, more);
      const live = pods.filter((one) => !isEnding(one) && !isFinished(one));

      if (live.length > 0) expect(status).not.toBe('stopped');
      else expect(status).not.toBe('running');
    }),
    { numRuns: 2_000 },
  );
});
