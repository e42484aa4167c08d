import { describe, expect, test } from 'vitest';
import { blameFields, type DocumentVersion } from '../../../../server/services/history/blame-fields.ts';

const blame = async (versions: readonly DocumentVersion[], isWhole = true): Promise<Record<string, string>> => {
  const { fields } = await blameFields(versions, { isWhole });
  return Object.fromEntries(
    [...fields].map(([field, { commit, isOlder }]) => [field, `${commit}${isOlder ? '?' : ''}`]),
  );
};

describe('the blame of a field', () => {
  test('is the newest commit at which it became what it is', async () => {
    const versions = [
      { commit: 'd', value: { a: 1, b: { c: 2 } } },
      { commit: 'c', value: { a: 1, b: { c: 1 } } },
      { commit: 'b', value: { a: 2, b: { c: 2 } } },
      { commit: 'a', value: { a: 1, b: { c: 2 } } },
    ];

    expect(await blame(versions)).toEqual({ a: 'c', 'b.c': 'd' });
  });

  test('is the first commit where nothing changed since, and is told as that old or older where history ends', async () => {
    const versions = [
      { commit: 'b', value: { a: 1, list: [1, 2], empty: {} } },
      { commit: 'a', value: { a: 1, list: [1, 2], empty: {} } },
    ];

    expect(await blame(versions)).toEqual({ a: 'a', list: 'a', empty: 'a' });
    expect(await blame(versions, false)).toEqual({ a: 'a?', list: 'a?', empty: 'a?' });
  });

  test('does not reach behind a time when the document was gone', async () => {
    const versions = [
      { commit: 'c', value: { a: 1 } },
      { commit: 'b', value: null },
      { commit: 'a', value: { a: 1 } },
    ];

    expect(await blame(versions)).toEqual({ a: 'c' });
  });

  test('is not given to a version that nobody can read', async () => {
    const versions = [
      { commit: 'd', value: undefined },
      { commit: 'c', value: { a: 1, b: 2 } },
      { commit: 'b', value: undefined },
      { commit: 'a', value: { a: 1, b: 1 } },
    ];

    expect(await blame(versions)).toEqual({ a: 'a', b: 'c' });
  });

  test('is taken from what was known of an older version, for what did not change since', async () => {
    const known = await blameFields(
      [
        { commit: 'b', value: { a: 1, b: 1 } },
        { commit: 'a', value: { a: 1 } },
      ],
      { isWhole: true },
    );

    const { fields } = await blameFields([{ commit: 'c', value: { a: 1, b: 2, c: 1 } }], { isWhole: true, known });

    expect([...fields].map(([field, { commit }]) => [field, commit]).sort()).toEqual([
      ['a', 'a'],
      ['b', 'c'],
      ['c', 'c'],
    ]);
  });

  test('takes no more versions than it needs', async () => {
    const taken: string[] = [];
    function* versions(): Generator<DocumentVersion> {
      for (const [index, commit] of ['c', 'b', 'a'].entries()) {
        taken.push(commit);
        yield { commit, value: { a: index === 0 ? 1 : 2 } };
      }
    }

    await blameFields(versions(), { isWhole: true });

    expect(taken).toEqual(['c', 'b']);
  });
});
