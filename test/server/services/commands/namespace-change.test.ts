import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { findNamespaceChange } from '../../../../server/services/commands/namespace-change.ts';
import { readRepoFolder } from '../../../../server/services/commands/synth-folder.ts';
import { checkoutOf } from '../../cli/checkout.ts';

function committed(size: number) {
  const checkout = checkoutOf(size);
  const git = (...args: readonly string[]): void => {
    const identity = ['-c', 'user.name=ada', '-c', 'user.email=ada@laptop'];
    execFileSync('git', ['-C', checkout.folder, ...identity, ...args], { stdio: 'pipe' });
  };
  const commit = (message: string): void => {
    git('add', '-A');
    git('commit', '-q', '--allow-empty', '-m', message);
  };
  const move = (): void => {
    checkout.put('claworc.yaml', checkout.read('claworc.yaml').replace(/namespace: .*/, 'namespace: elsewhere'));
  };
  git('init', '-q', '-b', 'main');
  commit('first');
  const find = () => findNamespaceChange(checkout.folder, readRepoFolder(checkout.folder).files);
  return { commit, move, find };
}

test('another namespace while bots live in the first is a problem, before its commit and in it: the fleet once ran twice', async () => {
  const { commit, move, find } = committed(2);
  expect(await find()).toBeNull();

  move();
  const before = await find();
  commit('move');
  const after = await find();

  expect(before).toMatchObject({ file: 'claworc.yaml', field: 'spec.namespace', severity: 'error' });
  expect(before?.message).toMatch(/^changes from claworc to elsewhere while 2 bots live in claworc/);
  expect(before?.source).toContain('namespace: elsewhere');
  expect(after).toEqual(before);
});

test('a namespace that was changed without bots is no problem', async () => {
  const { move, find } = committed(0);
  move();
  expect(await find()).toBeNull();
});

test('it is told of the commit that changes it, not of those after it', async () => {
  const { commit, move, find } = committed(1);
  move();
  commit('move');
  commit('later');
  expect(await find()).toBeNull();
});
