import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assignRings, type RolloutBot } from '../../../../../server/reconcile/plan/rollout/assign-rings.ts';

const bots = (count: number, ring?: number): readonly RolloutBot[] =>
  Array.from({ length: count }, (_, at) => ({ unit: `bot-${at}`, ring }));
const sizes = (rings: readonly (readonly string[])[]): readonly number[] => rings.map(({ length }) => length);

const anyBots = fc.uniqueArray(fc.integer({ min: 0, max: 5_000 }), { maxLength: 200 }).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({
        unit: fc.constant(`bot-${id}`),
        ring: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
      }),
    ),
  ),
);
const anyRings = fc.array(
  fc.oneof(
    fc.integer({ min: 1, max: 60 }).map(String),
    fc.integer({ min: 1, max: 100 }).map((share) => `${share}%`),
  ),
  { minLength: 1, maxLength: 10 },
);

describe('the rings of a rollout', () => {
  test('are one bot, a twentieth, a quarter and all by default, counted with the ones before', () => {
    expect(sizes(assignRings(bots(100), ['1', '5%', '25%', '100%']))).toEqual([1, 4, 20, 75]);
    expect(sizes(assignRings(bots(6), ['1', '5%', '25%', '100%']))).toEqual([1, 1, 4]);
    expect(sizes(assignRings(bots(6), ['2']))).toEqual([2, 4]);
  });

  test('take a bot where its record says, and one of a ring that is not there into the last', () => {
    const named = [{ unit: 'bot-first', ring: 1 }, { unit: 'bot-beyond', ring: 9 }, ...bots(8)];
    const [first, second] = assignRings(named, ['1', '100%']);
    expect(first).toEqual(['bot-first']);
    expect(second).toContain('bot-beyond');
  });

  test('hold every bot once, in whatever order they are told, and none of them is empty', () => {
    fc.assert(
      fc.property(anyBots, anyRings, (members, rings) => {
        const assigned = assignRings(members, rings);
        expect(assigned.flat().sort()).toEqual(members.map(({ unit }) => unit).sort());
        expect(assigned.every(({ length }) => length > 0)).toBe(true);
        expect(assignRings(members.toReversed(), rings)).toEqual(assigned);
      }),
    );
  });

  test('keep bots in their order when one joins: who came before another still does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 60 }), (count) => {
        const ringOf = (all: readonly RolloutBot[]) => {
          const rings = assignRings(all, ['1', '10%', '50%', '100%']);
          return (unit: string): number => rings.findIndex((members) => members.includes(unit));
        };
        const [before, after] = [ringOf(bots(count)), ringOf([...bots(count), { unit: 'bot-new', ring: undefined }])];
        for (const { unit: one } of bots(count)) {
          for (const { unit: other } of bots(count)) {
            if (before(one) < before(other)) expect(after(one)).toBeLessThanOrEqual(after(other));
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
