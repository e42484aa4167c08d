import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findNamespaceChange } from '../../../../server/services/commands/namespace-change.ts';
import { readRepoFolder } from '../../../../server/services/commands/synth-folder.ts';
import { benchFiles } from '../../../../bench/fleet.ts';
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
  const move = (to = 'elsewhere'): void => {
    checkout.put('claworc.yaml', checkout.read('claworc.yaml').replace(/namespace: .*/, `namespace: ${to}`));
  };
  git('init', '-q', '-b', 'main');
  commit('first');
  const find = () => findNamespaceChange(checkout.folder, readRepoFolder(checkout.folder).files);
  const add = (): void => {
    for (const [path, text] of benchFiles(1)) if (path.startsWith('instances/')) checkout.put(path, text);
  };
  return { folder: checkout.folder, commit, move, find, add };
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

test('taking such a change back is no problem, before its commit and in it: the bots still live there', async () => {
  const { commit, move, find } = committed(1);
  move();
  commit('move');
  commit('later');

  move('claworc');
  expect(await find()).toBeNull();
  commit('back');
  expect(await find()).toBeNull();

  move('third');
  expect((await find())?.message).toMatch(/^changes from claworc to third/);
});

test('going back to a namespace that was left without bots is a problem once there are some', async () => {
  const { commit, move, find, add } = committed(0);
  move();
  commit('move');
  add();
  commit('bots');

  move('claworc');

  expect((await find())?.message).toMatch(/^changes from elsewhere to claworc while 1 bot lives in elsewhere/);
});

test('a history that git cannot read is a warning: nobody knows whether the namespace changes', async () => {
  const { folder, find } = committed(1);
  rmSync(join(folder, '.git/HEAD'));

  expect(await find()).toMatchObject({ file: '.git', severity: 'warning' });
  rmSync(join(folder, '.git'), { recursive: true });
  expect(await find()).toBeNull();
});
