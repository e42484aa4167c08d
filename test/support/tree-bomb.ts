import { execFileSync } from 'node:child_process';
import { git } from './person-git.ts';

/**
 * A commit on main, which no ref names, with eleven objects that are ten thousand million files: dist/bot-evil is a tree with
 * ten names for one tree, ten levels deep. `folder` is where the instances repo lies.
 */
export function commitBomb(bare: string, folder?: string): string {
  const run = (args: string[], input: string): string =>
    execFileSync('git', args, { cwd: bare, input }).toString().trim();
  let entry = `100644 blob ${run(['hash-object', '-w', '--stdin'], 'x')}`;
  for (let level = 0; level < 10; level += 1) {
    const tree = run(['mktree'], Array.from({ length: 10 }, (_, index) => `${entry}\tf${index}\n`).join(''));
    entry = `040000 tree ${tree}`;
  }
  const root = git(bare, 'rev-parse', 'main').trim();
  const withTree = (within: string, name: string, tree: string): string => {
    const others = git(bare, 'ls-tree', within)
      .split('\n')
      .filter((line) => line !== '' && !line.endsWith(`\t${name}`));
    return run(['mktree'], [...others, `040000 tree ${tree}\t${name}`, ''].join('\n'));
  };
  let tree = run(['mktree'], `${entry}\tbot-evil\n`);
  const above = [...(folder?.split('/') ?? []), 'dist'];
  for (let depth = above.length - 1; depth >= 0; depth -= 1) {
    tree = withTree(`${root}:${above.slice(0, depth).join('/')}`, above[depth] ?? '', tree);
  }
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

/** A commit on top of a bomb that has what was before it. */
export function commitWithout(bare: string, bomb: string): string {
  return git(bare, 'commit-tree', `${bomb}^^{tree}`, '-p', bomb, '-m', 'Mend').trim();
}
