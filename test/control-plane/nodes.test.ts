import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { clusterTest as test } from './cluster-test.ts';
import type { Kubectl } from './kubectl.ts';
import { appendLog } from './logs.ts';
import { claim, deployment, manifests } from './objects.ts';
import { setPodLog } from './pod-overrides.ts';

test('the scheduler and KWOK bring a pod to Ready, and its deletion ends it', async ({ kubectl, namespace }) => {
  await apply(kubectl, namespace, deployment('bot'));

  const ready = await kubectl(['rollout', 'status', 'deployment/bot', '-n', namespace, '--timeout=60s']);
  await kubectl(['delete', 'deployment', 'bot', '-n', namespace]);
  const gone = await kubectl(['wait', 'pod', '-l', 'app=bot', '--for=delete', '-n', namespace, '--timeout=60s']);

  expect(ready).toMatchObject({ code: 0, stderr: '' });
  expect(gone.code).toBe(0);
});

test('a claim of the default class becomes bound and can grow', async ({ kubectl, namespace }) => {
  await apply(kubectl, namespace, claim('data'));

  const bound = await waitFor(kubectl, namespace, 'pvc/data', '{.status.phase}', 'Bound');
  await kubectl([
    'patch',
    'pvc',
    'data',
    '-n',
    namespace,
    '-p',
    '{"spec":{"resources":{"requests":{"storage":"8Gi"}}}}',
  ]);
  const grown = await waitFor(kubectl, namespace, 'pvc/data', '{.status.capacity.storage}', '8Gi');

  expect(bound).toMatchObject({ code: 0 });
  expect(grown).toMatchObject({ code: 0 });
});

test('a claim of the late class waits for its pod, and the fixed class refuses to grow', async ({
  kubectl,
  namespace,
}) => {
  await apply(kubectl, namespace, claim('late', 'kwok-volume-late'), claim('fixed', 'kwok-volume-fixed'));
  const fixed = await waitFor(kubectl, namespace, 'pvc/fixed', '{.status.phase}', 'Bound');
  const before = await kubectl(['get', 'pvc', 'late', '-n', namespace, '-o', 'jsonpath={.status.phase}']);

  await apply(kubectl, namespace, deployment('bot', { claims: ['late'] }));
  const late = await waitFor(kubectl, namespace, 'pvc/late', '{.status.phase}', 'Bound');
  const patch = '{"spec":{"resources":{"requests":{"storage":"8Gi"}}}}';
  const refused = await kubectl(['patch', 'pvc', 'fixed', '-n', namespace, '-p', patch]);

  expect(before.stdout).toBe('Pending');
  expect([fixed.code, late.code]).toEqual([0, 0]);
  expect(refused.stderr).toContain('must support resize');
});

test('kubectl logs returns the lines and follows new ones', async ({ kubectl, namespace, cluster }) => {
  await apply(kubectl, namespace, deployment('bot'));
  const pod = await podName(kubectl, namespace);
  const file = join(cluster.folder, 'logs', `${namespace}.log`);
  await appendLog(file, ['first', 'second']);
  await setPodLog(kubectl, { namespace, name: pod }, file);
  await kubectl(['rollout', 'status', 'deployment/bot', '-n', namespace, '--timeout=60s']);

  const last = await kubectl(['logs', 'deployment/bot', '-n', namespace, '--tail=1']);
  const stop = new AbortController();
  const following = kubectl(['logs', '-f', 'deployment/bot', '-n', namespace], { signal: stop.signal });
  setTimeout(() => void appendLog(file, ['third']), 700);
  setTimeout(() => stop.abort(), 2000);

  expect(last.stdout).toBe('second\n');
  expect((await following).stdout).toBe('first\nsecond\nthird\n');
});

test.for([
  { fail: 'ImagePullBackOff', reason: 'ImagePullBackOff', message: 'Back-off pulling image "example.test/bot:1"' },
  { fail: 'CreateContainerConfigError', reason: 'CreateContainerConfigError', message: 'secret "main" not found' },
  { fail: 'CrashLoopBackOff', reason: 'CrashLoopBackOff', message: 'back-off 2s restarting failed container=main' },
])('a pod labelled $fail fails until the label is gone', async ({ fail, reason, message }, { kubectl, namespace }) => {
  await apply(kubectl, namespace, deployment('bot', { labels: { 'claworc.dev/fail': fail } }));
  const pod = await podName(kubectl, namespace);

  await vi.waitFor(
    async () => expect(await waitingState(kubectl, namespace, pod)).toEqual({ reason, message }),
    20_000,
  );
  await kubectl(['label', 'pod', pod, '-n', namespace, 'claworc.dev/fail-']);
  const recovered = await kubectl(['wait', `pod/${pod}`, '--for=condition=Ready', '-n', namespace, '--timeout=60s']);

  expect(recovered).toMatchObject({ code: 0 });
});

test('a pod that asks for too much stays unschedulable, with the reason', async ({ kubectl, namespace }) => {
  await apply(kubectl, namespace, deployment('bot', { cpu: '100' }));
  const pod = await podName(kubectl, namespace);

  const waited = await waitFor(kubectl, namespace, `pod/${pod}`, '{.status.conditions[0].reason}', 'Unschedulable');

  expect(waited).toMatchObject({ code: 0 });
});

async function apply(kubectl: Kubectl, namespace: string, ...objects: readonly object[]): Promise<void> {
  const result = await kubectl(['apply', '-n', namespace, '-f', '-'], { input: manifests(...objects) });
  expect(result).toMatchObject({ code: 0, stderr: '' });
}

/** Name of the only pod, once it exists. */
async function podName(kubectl: Kubectl, namespace: string): Promise<string> {
  await kubectl(['wait', 'pod', '-l', 'app=bot', '--for=create', '-n', namespace, '--timeout=60s']);
  const { stdout } = await kubectl(['get', 'pod', '-l', 'app=bot', '-n', namespace, '-o', 'name']);
  return stdout.trim().replace('pod/', '');
}

async function waitingState(kubectl: Kubectl, namespace: string, pod: string): Promise<unknown> {
  const path = 'jsonpath={.status.containerStatuses[0].state.waiting}';
  const { stdout } = await kubectl(['get', 'pod', pod, '-n', namespace, '-o', path]);
  return JSON.parse(stdout);
}

function waitFor(kubectl: Kubectl, namespace: string, object: string, path: string, value: string) {
  return kubectl(['wait', object, `--for=jsonpath=${path}=${value}`, '-n', namespace, '--timeout=60s']);
}
