import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { clusterTest as test } from '../control-plane/cluster-test.ts';
import { git } from '../support/person-git.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runClaworc } from './claworc-process.ts';

const READ = 'deployments,services,persistentvolumeclaims,configmaps,networkpolicies,secrets,pods,events';

test('a plan made with a credential that only reads is applied with another, and only as it was planned', async ({
  cluster,
  kubectl,
  namespace,
}) => {
  const folder = tempFolder();
  const data = join(folder, 'data');
  const checkout = join(folder, 'checkout');
  expect((await runClaworc(['init', '--data', data, '--namespace', namespace, '--examples'])).code).toBe(0);
  git(folder, 'clone', '-q', join(data, 'instances.git'), checkout);
  await kubectl(['create', 'serviceaccount', 'reader', '-n', namespace]);
  await kubectl(['create', 'role', 'reader', '-n', namespace, '--verb=get,list', `--resource=${READ}`]);
  await kubectl([
    'create',
    'rolebinding',
    'reader',
    '-n',
    namespace,
    '--role=reader',
    `--serviceaccount=${namespace}:reader`,
  ]);
  const token = (await kubectl(['create', 'token', 'reader', '-n', namespace])).stdout.trim();
  const readOnly = join(folder, 'reader.yaml');
  writeFileSync(readOnly, readFileSync(cluster.kubeconfig, 'utf8').replaceAll(cluster.token, token), {
    mode: 0o600,
  });
  const file = join(folder, 'plan.json');
  const common = ['--repo', checkout, '--data', data];
  const writing = [...common, '--kubeconfig', cluster.kubeconfig];

  const planned = await runClaworc(['plan', ...common, '--kubeconfig', readOnly, '--out', file]);
  expect(planned.code, planned.stdout + planned.stderr).toBe(3);
  const { digest } = JSON.parse(readFileSync(file, 'utf8')) as { readonly digest: string };
  expect(planned.stderr).toContain(digest);
  expect((await runClaworc(['apply', ...common, '--kubeconfig', readOnly, '--plan', file])).code).toBe(1);
  const applied = await runClaworc(['apply', ...writing, '--plan', file]);
  expect(applied.code, applied.stdout + applied.stderr).toBe(0);

  // Applied already: what would be done now is nothing, which nobody planned.
  const again = await runClaworc(['apply', ...writing, '--plan', file]);
  expect(again.code).toBe(1);
  expect(again.stdout + again.stderr).toContain('is not what was planned');

  await kubectl(['scale', 'deployment', 'bot-alpha', '-n', namespace, '--replicas=5']);
  expect((await runClaworc(['plan', ...common, '--kubeconfig', readOnly, '--out', file])).code).toBe(3);
  await kubectl(['scale', 'deployment', 'bot-alpha', '-n', namespace, '--replicas=7']);
  const refused = await runClaworc(['apply', ...writing, '--plan', file]);
  expect(refused.code).toBe(1);
  expect(refused.stdout + refused.stderr).toContain('bot-alpha: Deployment bot-alpha: still configure');
  const replicas = await kubectl([
    'get',
    'deployment',
    'bot-alpha',
    '-n',
    namespace,
    '-o',
    'jsonpath={.spec.replicas}',
  ]);
  expect(replicas.stdout).toBe('7');
});
