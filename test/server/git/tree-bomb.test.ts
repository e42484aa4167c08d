import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { openRepository } from '../../../server/git/repository.ts';
import { silentLog } from '../../../server/lib/log.ts';
import { git } from '../../support/person-git.ts';
import { embedded, put } from './fixture.ts';

/** Eleven objects that are ten thousand million files: a tree with ten names for one tree, ten levels deep. */
function bombIn(bare: string): string {
  const run = (args: string[], input: string): string =>
    execFileSync('git', args, { cwd: bare, input }).toString().trim();
  let entry = `100644 blob ${run(['hash-object', '-w', '--stdin'], 'x')}`;
  for (let level = 0; level < 10; level += 1) {
    const tree = run(['mktree'], Array.from({ length: 10 }, (_, index) => `${entry}\tf${index}\n`).join(''));
    entry = `040000 tree ${tree}`;
  }
  const [dist, root] = [
    `040000 tree ${run(['mktree'], `${entry}\tbot-evil\n`)}`,
    git(bare, 'rev-parse', 'main').trim(),
  ];
  const others = git(bare, 'ls-tree', root)
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith('\tdist'));
  const tree = run(['mktree'], `${others.join('\n')}\n${dist}\tdist\n`);
  const who = {
    GIT_AUTHOR_NAME: 'Eve',
    GIT_AUTHOR_EMAIL: 'e@example.com',
    GIT_COMMITTER_NAME: 'Eve',
    GIT_COMMITTER_EMAIL: 'e@example.com',
  };
  return execFileSync('git', ['commit-tree', tree, '-p', root, '-m', 'Bomb'], {
    cwd: bare,
    env: { ...process.env, ...who },
  })
    .toString()
    .trim();
}

it('a commit whose tree contains itself again and again is refused while git still lists it', async () => {
  const { bare } = await embedded();
  const repository = await openRepository({ folder: bare, log: silentLog });
  await put(repository, { 'claworc.yaml': 'x', 'instances/bot-a.yaml': 'y' });
  const bomb = bombIn(bare);
  const before = process.memoryUsage().rss;

  await expect(repository.readFiles(bomb)).rejects.toMatchObject({ code: 'too_large', subject: 'dist/bot-evil/' });
  // Without the limit it is several GB after a few seconds; garbage that is not collected yet counts too.
  expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024);
});

it('comparisons with such a commit are ended before they fill memory', async () => {
  const { bare } = await embedded();
  const repository = await openRepository({ folder: bare, log: silentLog });
  const good = await put(repository, { 'claworc.yaml': 'x', 'instances/bot-a.yaml': 'y' });
  const bomb = bombIn(bare);
  const asked = [repository.log({ until: bomb, since: good }), repository.diffCommits(good, bomb)];

  for (const answer of await Promise.allSettled(asked)) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'git_refused' } });
  }
  expect((await repository.log({ until: good })).map(({ commit }) => commit)).toEqual([good]);
});
