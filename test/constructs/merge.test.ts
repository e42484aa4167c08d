import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isSame, mergeDocuments } from '../../constructs/merge.ts';

type Doc = Record<string, unknown>;

describe('a merge of documents', () => {
  it('takes changes of different fields from both sides', () => {
    const base = { spec: { cpu: '1', memory: '1Gi', name: 'a' } };
    const theirs = { spec: { cpu: '2', memory: '1Gi', name: 'a' } };
    const mine = { spec: { cpu: '1', memory: '4Gi', name: 'a' } };

    expect(mergeDocuments<Doc>(base, theirs, mine)).toEqual({
      merged: { spec: { cpu: '2', memory: '4Gi', name: 'a' } },
      conflicts: [],
    });
  });

  it('reports a field that both changed with all three values, and keeps theirs', () => {
    const merge = mergeDocuments<Doc>({ spec: { image: 'a' } }, { spec: { image: 'b' } }, { spec: { image: 'c' } });

    expect(merge.merged).toEqual({ spec: { image: 'b' } });
    expect(merge.conflicts).toEqual([{ field: 'spec.image', base: 'a', theirs: 'b', mine: 'c' }]);
  });

  it('has no conflict where both changed a field to the same value, or added the same document', () => {
    expect(mergeDocuments<Doc>({ a: 1 }, { a: 2 }, { a: 2 }).conflicts).toEqual([]);
    expect(mergeDocuments<Doc>(null, { a: { b: 2 } }, { a: { b: 2 } })).toEqual({
      merged: { a: { b: 2 } },
      conflicts: [],
    });
  });

  it('merges env by key, also where neither side had any before', () => {
    const merge = mergeDocuments<Doc>({ spec: {} }, { spec: { env: { A: '1' } } }, { spec: { env: { B: '2' } } });

    expect(merge).toEqual({ merged: { spec: { env: { A: '1', B: '2' } } }, conflicts: [] });
  });

  it('merges a list of named elements per element and keeps its order', () => {
    const base = {
      list: [
        { name: '2', v: 1 },
        { name: '10', v: 1 },
      ],
    };
    const theirs = { list: [{ name: '2', v: 5 }, { name: '10', v: 1 }, { name: 'new' }] };
    const mine = { list: [{ name: '10', v: 1 }, { name: '1' }] };

    const merge = mergeDocuments<Doc>(base, theirs, mine);

    expect(merge.merged).toEqual({ list: [{ name: '2', v: 5 }, { name: '10', v: 1 }, { name: 'new' }, { name: '1' }] });
    expect(merge.conflicts).toEqual([{ field: 'list.2', base: { name: '2', v: 1 }, theirs: { name: '2', v: 5 } }]);
  });

  it('takes any other list as one value', () => {
    const merge = mergeDocuments<Doc>({ list: ['a'] }, { list: ['a', 'b'] }, { list: ['a', 'c'] });

    expect(merge.conflicts.map(({ field }) => field)).toEqual(['list']);
  });

  it('takes a text of many lines, such as the config, as one value', () => {
    const merge = mergeDocuments<Doc>({ config: '{\n}\n' }, { config: '{\n"a":1}\n' }, { config: '{\n}\n\n' });

    expect(merge.conflicts.map(({ field }) => field)).toEqual(['config']);
  });

  it.each([
    ['removed there, changed here', null, { a: 2 }],
    ['changed there, removed here', { a: 2 }, null],
  ])('is a conflict of the whole document: %s', (_, theirs, mine) => {
    const { conflicts } = mergeDocuments<Doc>({ a: 1 }, theirs, mine);

    expect(conflicts).toEqual([{ field: '', base: { a: 1 }, theirs: theirs ?? undefined, mine: mine ?? undefined }]);
  });

  it('removes what one side removed and the other left alone', () => {
    expect(mergeDocuments<Doc>({ a: 1 }, { a: 1 }, null)).toEqual({ merged: null, conflicts: [] });
    expect(mergeDocuments<Doc>({ a: 1, b: 1 }, { a: 1 }, { a: 1, b: 1 })).toEqual({ merged: { a: 1 }, conflicts: [] });
  });

  it.each([
    ['there', {}, { spec: { cpu: '2', memory: '1Gi' } }, { base: '1', theirs: undefined, mine: '2' }],
    ['here', { spec: { cpu: '2', memory: '1Gi' } }, {}, { base: '1', theirs: '2', mine: undefined }],
  ])('names the field that one side changed in a map that was removed %s', (_, theirs, mine, values) => {
    const base = { spec: { cpu: '1', memory: '1Gi' } };

    const { conflicts } = mergeDocuments<Doc>(base, theirs, mine);

    expect(conflicts).toEqual([{ field: 'spec.cpu', ...values }]);
  });

  it('takes of a removed map what a person decided for the fields inside, and the map away where nothing is left', () => {
    const base = { spec: { limits: { cpu: '1', memory: '1Gi' } } };
    const theirs = { spec: {} };
    const mine = { spec: { limits: { cpu: '2', memory: '1Gi' } } };

    const settledWith = (value: unknown) => mergeDocuments<Doc>(base, theirs, mine, () => ({ value })).merged;

    expect(settledWith('3')).toEqual({ spec: { limits: { cpu: '3' } } });
    expect(settledWith(undefined)).toEqual({ spec: {} });
  });

  it('keeps what one side added inside a map that the other removed', () => {
    const base = { limits: { cpu: '1' } };

    const merge = mergeDocuments<Doc>(base, {}, { limits: { cpu: '1', memory: '1Gi' } });

    expect(merge).toEqual({ merged: { limits: { memory: '1Gi' } }, conflicts: [] });
  });

  it('names keys with dots so that the path can be read back', () => {
    const notes = (text: string): Doc => ({ metadata: { annotations: { 'example.com/note': text } } });

    expect(mergeDocuments(notes('a'), notes('b'), notes('c')).conflicts[0]?.field).toBe(
      'metadata.annotations["example.com/note"]',
    );
  });

  it('takes keys that mean something to JavaScript as plain keys', () => {
    const theirs = JSON.parse('{"__proto__": {"polluted": true}}') as Doc;

    const { merged } = mergeDocuments<Doc>({}, theirs, { a: 1 });

    expect(Object.keys(merged ?? {})).toEqual(['__proto__', 'a']);
    expect(({} as Doc).polluted).toBeUndefined();
  });
});

/** Documents as a flat model: leaf path to value. Every path has the same depth, so that a leaf is never a map. */
const model = fc.dictionary(
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('x', 'y', 'z')).map((steps) => steps.join('.')),
  fc.integer({ min: 0, max: 2 }),
);

function documentOf(leaves: Record<string, number>): Doc {
  // All three maps are always there: an empty one is no removal.
  const document: Record<string, Doc> = { a: {}, b: {}, c: {} };
  for (const [path, value] of Object.entries(leaves)) {
    const [group, leaf] = path.split('.') as [string, string];
    document[group]![leaf] = value;
  }
  return document;
}

describe('a merge, against a model of leaves', () => {
  it('changes each leaf as the one side that changed it says, and reports exactly those that both did', () => {
    fc.assert(
      fc.property(model, model, model, (base, theirs, mine) => {
        const expected: Record<string, number> = {};
        const fields: string[] = [];
        for (const path of new Set([...Object.keys(base), ...Object.keys(theirs), ...Object.keys(mine)])) {
          const [b, t, m] = [base[path], theirs[path], mine[path]];
          if (t !== m && b !== t && b !== m) fields.push(path);
          const value = b === t ? m : t;
          if (value !== undefined) expected[path] = value;
        }

        const merge = mergeDocuments(documentOf(base), documentOf(theirs), documentOf(mine));

        expect(merge.merged).toEqual(documentOf(expected));
        expect(merge.conflicts.map(({ field }) => field).sort()).toEqual(fields.sort());
      }),
    );
  });
});

const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('1', '2', null, true),
    fc.array(fc.constantFrom('p', 'q'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'k.l'), tie('value'), { maxKeys: 3 }),
    fc.array(fc.record({ name: fc.constantFrom('n', 'm', 'o'), v: tie('value') }), { maxLength: 3 }),
  ),
})).value;
const anyDocument = fc.option(fc.dictionary(fc.constantFrom('a', 'b', 'c'), tree));

describe('a merge of any documents', () => {
  it('gives the other side where one side changed nothing', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, (base, other) => {
        expect(mergeDocuments(base, base, other)).toEqual({ merged: other, conflicts: [] });
        expect(mergeDocuments(base, other, base)).toEqual({ merged: other, conflicts: [] });
        expect(mergeDocuments(base, other, other)).toEqual({ merged: other, conflicts: [] });
      }),
    );
  });

  it('finds the same conflicts and, without any, the same document from either side', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, anyDocument, (base, theirs, mine) => {
        const one = mergeDocuments(base, theirs, mine);
        const other = mergeDocuments(base, mine, theirs);

        expect(new Set(one.conflicts.map(({ field }) => field))).toEqual(
          new Set(other.conflicts.map(({ field }) => field)),
        );
        if (one.conflicts.length === 0) expect(sorted(one.merged)).toEqual(sorted(other.merged));
      }),
    );
  });

  it('never changes what it was given', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, anyDocument, (base, theirs, mine) => {
        const before = JSON.stringify([base, theirs, mine]);
        mergeDocuments(base, theirs, mine);
        expect(JSON.stringify([base, theirs, mine])).toBe(before);
      }),
    );
  });

  it('settles: my side merged again on top of the result changes nothing', () => {
    fc.assert(
      fc.property(anyDocument, anyDocument, anyDocument, (base, theirs, mine) => {
        const first = mergeDocuments(base, theirs, mine);
        if (first.conflicts.length > 0) return;
        const again = mergeDocuments(base, first.merged, mine);
        expect(isSame(again.merged, first.merged)).toBe(true);
        expect(again.conflicts).toEqual([]);
      }),
    );
  });
});

/** Lists of named elements in the order of their names: which side's order wins is the one thing that may differ. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(sorted);
    const named = items.every((item) => typeof item === 'object' && item !== null && 'name' in item);
    return named ? items.sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, sorted(item)]));
}
