import { describe, expect, it } from 'vitest';
import { createOwnLine } from '../../../../server/git/read/own-line.ts';
import { git } from '../../../support/person-git.ts';
import { embedded, put } from '../fixture.ts';

describe('commits that were written here', () => {
  it('come after all that they were written on, and nothing is said of others', () => {
    const line = createOwnLine();
    line.note('a', null);
    line.note('b', 'a');
    line.note('c', 'b');
    line.note('side', 'a');

    expect([line.isAfter('c', 'a'), line.isAfter('c', 'c'), line.isAfter('side', 'a')]).toEqual([true, true, true]);
    expect([line.isAfter('a', 'c'), line.isAfter('side', 'b'), line.isAfter('x', 'a')]).toEqual([false, false, false]);
  });

  it('are forgotten when there are too many, the oldest first', () => {
    const line = createOwnLine(2);
    line.note('b', 'a');
    line.note('c', 'b');
    line.note('d', 'c');

    expect([line.isAfter('d', 'b'), line.isAfter('d', 'a')]).toEqual([true, false]);
  });

  it('are told apart from what somebody else did, forwards and backwards', async () => {
    const { bare, repository } = await embedded();
    const first = await put(repository, { 'claworc.yaml': 'a: 1\n' });
    const second = await put(repository, { 'claworc.yaml': 'a: 2\n' });
    const theirs = git(bare, 'commit-tree', 'main^{tree}', '-p', first, '-m', 'Theirs').trim();

    expect(await repository.orderOf(second, first)).toBe('after');
    expect(await repository.orderOf(first, second)).toBe('before');
    expect(await repository.orderOf(second, theirs)).toBe('apart');
    expect(await repository.isAncestor(first, second)).toBe(true);
    expect(await repository.isAncestor(second, first)).toBe(false);
    expect(await repository.isAncestor(theirs, second)).toBe(false);
  });
});
