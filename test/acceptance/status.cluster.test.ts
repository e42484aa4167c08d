import { join } from 'node:path';
import { expect } from 'vitest';
import { clusterTest as test } from '../control-plane/cluster-test.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { runClaworc } from './claworc-process.ts';

test('claworc status tells a fleet of a data folder without a server: not there yet, and then as main says', async ({
  cluster,
  namespace,
}) => {
  const data = join(tempFolder(), 'data');
  expect((await runClaworc(['init', '--data', data, '--namespace', namespace, '--examples'])).code).toBe(0);
  const common = ['--repo', join(data, 'instances.git'), '--data', data, '--kubeconfig', cluster.kubeconfig];

  const before = await runClaworc(['status', ...common]);
  expect(before.code, before.stdout + before.stderr).toBe(3);
  expect(before.stdout).toContain('it was last brought to no commit of ours');
  expect(before.stdout).toMatch(/^bot-alpha +False +published +creating/m);

  expect((await runClaworc(['apply', ...common])).code).toBe(0);
  const after = await runClaworc(['status', ...common, '--watch', '--json']);
  expect(after.code, after.stdout + after.stderr).toBe(0);
  const last = JSON.parse(after.stdout.trim().split('\n').at(-1) ?? '') as {
    readonly result: string;
    readonly runs: string;
    readonly commit: string;
  };
  expect(last.result).toBe('ready');
  expect(last.runs).toBe(last.commit);
});
