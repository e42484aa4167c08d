import { rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createGit, type Git } from '../../../../server/git/client.ts';
import { createHeadReader } from '../../../../server/git/refs/head.ts';
import { git } from '../../../support/person-git.ts';
import { embedded, put } from '../fixture.ts';

const REF = 'refs/heads/main';

/** A reader of main, and how often it asked git so far. */
async function reader() {
  const { bare, repository } = await embedded();
  let asked = 0;
  const real = createGit(bare, dirname(bare));
  const counted: Git = {
    ...real,
    text: (...args) => {
      asked += 1;
      return real.text(...args);
    },
  };
  return { bare, repository, heads: createHeadReader(counted, bare, REF), asked: () => asked };
}

describe('where main is', () => {
  it('is asked of git once for each place, whoever moved it', async () => {
    const { bare, repository, heads, asked } = await reader();
    const first = await put(repository, { 'claworc.yaml': '1\n' });
    expect(await heads.read()).toBe(first);
    expect(await heads.read()).toBe(first);
    expect(asked()).toBe(1);

    const second = await put(repository, { 'claworc.yaml': '2\n' });
    expect(await heads.read()).toBe(second);
    git(bare, 'update-ref', REF, first);
    expect(await heads.read()).toBe(first);
    expect(asked()).toBe(3);
  });

  it('is not asked of git at all after our own move', async () => {
    const { repository, heads, asked } = await reader();
    const commit = await put(repository, { 'claworc.yaml': '1\n' });

    heads.note(commit);

    expect(await heads.read()).toBe(commit);
    expect(asked()).toBe(0);
  });

  it('is asked of git where no file tells it: before the first commit, packed, symbolic, a link', async () => {
    const { bare, repository, heads } = await reader();
    expect(await heads.read()).toBeNull();
    const first = await put(repository, { 'claworc.yaml': '1\n' });
    heads.note(first);
    git(bare, 'pack-refs', '--all');
    expect(await heads.read()).toBe(first);
    const second = await put(repository, { 'claworc.yaml': '2\n' });
    git(bare, 'update-ref', 'refs/heads/other', second);
    git(bare, 'symbolic-ref', REF, 'refs/heads/other');
    expect(await heads.read()).toBe(second);
    git(bare, 'update-ref', 'refs/heads/other', first);
    expect(await heads.read()).toBe(first);
    rmSync(join(bare, REF));
    symlinkSync('other', join(bare, REF));
    git(bare, 'update-ref', 'refs/heads/other', second);
    expect(await heads.read()).toBe(second);
  });
});
