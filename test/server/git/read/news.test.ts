import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initRepository } from '../../../../server/git/folder/init-repository.ts';
import { openRepository, type GitRepository } from '../../../../server/git/repository.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

interface Place {
  readonly repository: GitRepository;
  readonly checkout: string;
  /** Commits files (null: removed) and brings them to the repository. */
  readonly commit: (files: Readonly<Record<string, string | null>>) => string;
  readonly push: () => string;
}

async function place(): Promise<Place> {
  const [folder, checkout] = [join(tempFolder(), 'bare.git'), join(tempFolder(), 'checkout')];
  await initRepository(folder);
  git(tempFolder(), 'init', '-q', '-b', 'main', checkout);
  const push = (): string => {
    git(checkout, 'add', '-A');
    git(checkout, 'commit', '-qm', 'x', '--allow-empty');
    git(folder, 'fetch', '-q', checkout, '+HEAD:refs/heads/main');
    return git(checkout, 'rev-parse', 'HEAD').trim();
  };
  const commit: Place['commit'] = (files) => {
    for (const [path, text] of Object.entries(files)) {
      const file = join(checkout, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === null) git(checkout, 'rm', '-q', path);
      else writeFileSync(file, text);
    }
    return push();
  };
  return { repository: await openRepository({ folder, log: silentLog }), checkout, commit, push };
}

const all = (): boolean => true;

describe('the news of a small step', () => {
  it('are the paths that differ, over several commits, with what is wanted of them', async () => {
    const { repository, commit } = await place();
    const from = commit({ 'claworc.yaml': 'a\n', 'instances/bot-a.yaml': 'a\n', 'dist/bot-a/x.yaml': 'a\n' });
    commit({ 'instances/bot-a.yaml': 'b\n' });
    const to = commit({ 'instances/bot-b.yaml': 'new\n', 'dist/bot-a/x.yaml': null });

    const news = await repository.news(from, to, (path) => path.startsWith('instances/'));

    expect([...(news?.paths ?? [])].sort()).toEqual([
      'dist/bot-a/x.yaml',
      'instances/bot-a.yaml',
      'instances/bot-b.yaml',
    ]);
    expect([...(news?.contents ?? [])].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]).sort()).toEqual([
      ['instances/bot-a.yaml', 'b\n'],
      ['instances/bot-b.yaml', 'new\n'],
    ]);
    expect(news?.isOfServers).toBe(false);
  });

  it('know a commit that a server made', async () => {
    const { repository, commit } = await place();
    const from = commit({ 'claworc.yaml': 'a\n' });
    const author = { name: 'Ada', email: 'ada@example.com' };
    const changes = new Map([['instances/bot-a.yaml', 'a\n']]);
    const at = '2026-11-19T14:31:40Z';
    const written = await repository.commit({ parent: from, changes, message: 'x\n', author, at });

    const to = (await repository.head()) ?? '';

    expect(written.ok).toBe(true);
    expect(await repository.news(from, to, all)).toMatchObject({ isOfServers: true });
  });

  it('are not told of a step that is none forward', async () => {
    const { repository, checkout, commit, push } = await place();
    const first = commit({ 'a.md': 'a\n' });
    const second = commit({ 'a.md': 'b\n' });
    git(checkout, 'reset', '-q', '--hard', first);
    const other = push();

    expect(await repository.news(second, first, all)).toBeUndefined();
    expect(await repository.news(second, other, all)).toBeUndefined();
    expect(await repository.news('0'.repeat(40), second, all)).toBeUndefined();
    expect(await repository.news(first, '0'.repeat(40), all)).toBeUndefined();
  });

  it('are not told where an entry is no plain file, is too large, or lies too deep', async () => {
    const { repository, checkout, commit, push } = await place();
    let from = commit({ 'claworc.yaml': 'a\n' });
    const next = async (to: string): Promise<unknown> => {
      const news = await repository.news(from, to, all);
      from = to;
      return news;
    };
    mkdirSync(join(checkout, 'instances'));
    symlinkSync('/etc/passwd', join(checkout, 'instances', 'bot-a.yaml'));

    expect(await next(push())).toBeUndefined();
    expect(await next(commit({ 'instances/bot-b.yaml': 'x'.repeat(300_000) }))).toBeUndefined();
    expect(await next(commit({ 'a/b/c/d/e.yaml': 'x' }))).toBeUndefined();
    expect(await next(commit({ 'instances/bot-c.yaml': 'x' }))).toMatchObject({ paths: ['instances/bot-c.yaml'] });
  });
});
