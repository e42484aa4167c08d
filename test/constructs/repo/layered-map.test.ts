import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedEntries, settledMap, withEntries } from '../../../constructs/repo/layered-map.ts';

const plain = <Value>(map: ReadonlyMap<string, Value>) => new Map(map);

describe('a map in layers', () => {
  it('reads as a copy with the same changes does, and leaves what it was made of as it was', () => {
    const step = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.option(fc.nat(3), { nil: undefined })));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 5 }), (steps) => {
        let layered: ReadonlyMap<string, number> = new Map([
          ['a', 1],
          ['b', 2],
          ['c', 3],
        ]);
        let copy = plain(layered);
        for (const changes of steps) {
          const [before, copyBefore] = [layered, copy];
          layered = withEntries(layered, new Map(changes));
          copy = new Map(copy);
          for (const [key, value] of new Map(changes)) {
            if (value === undefined) copy.delete(key);
            else copy.set(key, value);
          }

          expect(plain(layered)).toEqual(copy);
          expect(plain(before)).toEqual(copyBefore);
          expect(layered.size).toBe(copy.size);
          expect([...layered.keys()].sort()).toEqual([...copy.keys()].sort());
          expect([...layered.values()].sort()).toEqual([...copy.values()].sort());
          for (const key of 'abcde')
            expect([layered.get(key), layered.has(key)]).toEqual([copy.get(key), copy.has(key)]);
          expect(changedEntries(before, layered)).toEqual(changedEntries(copyBefore, copy));
          expect(changedEntries(before, copy)).toEqual(changedEntries(copyBefore, copy));
        }
      }),
    );
  });

  it('keeps the order of the base, and puts what is new at the end', () => {
    const base = new Map(Object.entries({ a: 1, b: 2, c: 3 }));

    const layered = withEntries(
      base,
      new Map([
        ['d', 4],
        ['a', undefined],
        ['b', 5],
      ]),
    );

    expect([...layered]).toEqual([
      ['b', 5],
      ['c', 3],
      ['d', 4],
    ]);
  });

  it('becomes one layer again when its changes are many, and not before', () => {
    const base = new Map([['a', 1]]);
    const few = withEntries(base, new Map([['b', 2]]));
    const many = withEntries(base, new Map(Array.from({ length: 1_000 }, (_, at) => [`c${at}`, at])));

    expect(settledMap(few)).toBe(few);
    expect(settledMap(many)).toEqual(plain(many));
  });
});
