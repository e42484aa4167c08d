import fc from 'fast-check';
import { expect, test } from 'vitest';
import { removalBudgetOf } from '../../../../../constructs/schema/index.ts';
import type { Removal } from '../../../../../server/reconcile/plan/removals/removal.ts';
import { weighRemovals, type RemovalFacts } from '../../../../../server/reconcile/plan/removals/weigh.ts';

const NOW = Date.parse('2026-11-27T10:00:00Z');
const DAY_MS = 86_400_000;

const removal = (number: number, changes: Partial<Removal> = {}): Removal => ({
  unit: `bot-${number}`,
  kind: 'bot',
  data: 'retain',
  digest: number.toString(16).padStart(16, '0'),
  since: null,
  ...changes,
});
const bots = (count: number, from = 0): readonly Removal[] =>
  Array.from({ length: count }, (_, index) => removal(from + index));

const facts = (changes: Partial<RemovalFacts> = {}): RemovalFacts => ({
  commit: 'a',
  removals: [],
  living: () => 100,
  budget: removalBudgetOf(undefined),
  approvals: new Map(),
  granted: new Map(),
  begun: new Map(),
  now: NOW,
  ...changes,
});
const approve = (removals: readonly Removal[], at = NOW): ReadonlyMap<string, number> =>
  new Map(removals.map(({ digest }) => [digest, at]));

test.each([
  [3, 10, 3],
  [4, 10, 0],
  [4, 200, 4],
  [5, 200, 0],
  [100, 5000, 10],
  [101, 5000, 0],
  [5000, 5000, 0],
])('of %i bots that leave where %i live, %i begin at once', (count, living, begin) => {
  const verdict = weighRemovals(facts({ removals: bots(count), living: () => living }));
  expect(verdict.begun.size).toBe(begin);
  expect(verdict.hash === null).toBe(begin > 0);
});

test('bots that live are not counted where the number alone lets them go', () => {
  const living = (): number => {
    throw new Error('counted');
  };
  expect(weighRemovals(facts({ removals: bots(3), living })).begun.size).toBe(3);
});

test('an approval lets exactly what it names go, and a new one waits for its own', () => {
  const asked = bots(30);
  const more = [...asked, ...bots(4, 100)];
  const { granted, waiting } = weighRemovals(facts({ removals: more, approvals: approve(asked) }));
  expect([...granted.keys()].sort()).toEqual(asked.map(({ digest }) => digest).sort());
  expect(waiting.filter(({ wait }) => wait === 'approval').map(({ removal: { unit } }) => unit)).toEqual([
    'bot-100',
    'bot-101',
    'bot-102',
    'bot-103',
  ]);
});

test('another tombstone of an approved bot is another removal', () => {
  const asked = bots(5);
  const anew = asked.map((each) => ({ ...each, digest: each.digest.replace(/^0/, 'f') }));
  expect(weighRemovals(facts({ removals: anew, approvals: approve(asked) })).begun.size).toBe(0);
});

test('what was let go with an earlier commit does not count in the next step', () => {
  const first = weighRemovals(facts({ removals: bots(3) }));
  const second = weighRemovals(facts({ ...first, commit: 'b', removals: bots(6) }));
  expect(second.count).toBe(3);
  expect(second.begun.size).toBe(6);
});

test('what waits for an approval does not begin because others of its step are gone or another commit came', () => {
  const first = weighRemovals(facts({ removals: bots(5) }));
  const second = weighRemovals(facts({ ...first, commit: 'b', removals: bots(5) }));
  expect([first.begun.size, second.begun.size]).toEqual([0, 0]);
  expect(second.hash).toBe(first.hash);
});

test('ten begin in a minute, those of before a restart that are still ending among them, and the rest says when', () => {
  const removals = bots(30).map((each, index) => (index < 4 ? { ...each, since: NOW - 30_000 } : each));
  const first = weighRemovals(facts({ removals, approvals: approve(removals) }));
  expect(first.begun.size).toBe(10);
  expect(first.waiting.map(({ wait }) => wait)).toEqual(Array.from({ length: 20 }, () => 'turn'));
  expect(first.nextAt).toBe(NOW + 30_000);
  const later = { removals, approvals: approve(removals), granted: first.granted, begun: first.begun };
  expect(weighRemovals(facts({ ...later, now: NOW + 29_999 })).begun.size).toBe(10);
  expect(weighRemovals(facts({ ...later, now: NOW + 30_000 })).begun.size).toBe(14);
});

test('a clock that was put back by a day holds a turn for a minute at most', () => {
  const removals = bots(20);
  const ahead = weighRemovals(facts({ removals, approvals: approve(removals), now: NOW + DAY_MS }));
  const back = weighRemovals(facts({ ...ahead, removals, approvals: approve(removals) }));
  expect(back.nextAt).toBeLessThanOrEqual(NOW + 60_000);
});

test('kept volumes are destroyed only when approved and the days are over, however few there are', () => {
  const kept = [removal(1, { kind: 'kept_data', data: 'destroy' })];
  const none = weighRemovals(facts({ removals: kept }));
  expect(none.waiting.map(({ wait }) => wait)).toEqual(['approval']);
  const approved = facts({ removals: kept, approvals: approve(kept) });
  expect(weighRemovals(approved).waiting.map(({ wait, until }) => [wait, until])).toEqual([
    ['delay', NOW + 7 * DAY_MS],
  ]);
  expect(weighRemovals({ ...approved, now: NOW + 7 * DAY_MS - 1 }).begun.size).toBe(0);
  expect(weighRemovals({ ...approved, now: NOW + 7 * DAY_MS }).begun.size).toBe(1);
});

test('whatever comes in whatever order, no step begins more than its limit without an approval, nor more than ten in a minute that can be told', () => {
  const step = fc.record({
    add: fc.integer({ min: 0, max: 6 }),
    gone: fc.array(fc.nat(40), { maxLength: 4 }),
    moves: fc.boolean(),
    approves: fc.boolean(),
    restarts: fc.boolean(),
    ms: fc.integer({ min: 0, max: 40_000 }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), fc.infiniteStream(fc.nat()), (steps, order) => {
      let [commit, now, next] = [0, NOW, 0];
      let removals: Removal[] = [];
      const approvals = new Map<string, number>();
      let memory: Pick<RemovalFacts, 'granted' | 'begun'> = { granted: new Map(), begun: new Map() };
      let beginnings: { readonly digest: string; readonly at: number }[] = [];
      for (const { add, gone, moves, approves, restarts, ms } of steps) {
        if (moves) {
          commit += 1;
          removals.push(...bots(add, next));
          next += add;
        }
        removals = removals.filter((_, index) => !gone.includes(index));
        if (restarts) {
          memory = { granted: new Map(), begun: new Map() };
          // What is gone altogether nobody can tell any more.
          beginnings = beginnings.filter((each) => removals.some(({ digest }) => digest === each.digest));
        }
        now += ms;
        const shuffled = removals
          .map((each) => ({ each, at: Number(order.next().value) }))
          .sort((a, b) => a.at - b.at)
          .map(({ each }) => each);
        const verdict = weighRemovals(facts({ commit: `c${commit}`, removals: shuffled, approvals, ...memory, now }));
        const fresh = [...verdict.granted.keys()].filter((each) => !memory.granted.has(each) && !approvals.has(each));
        expect(fresh.length).toBeLessThanOrEqual(verdict.limit);
        const began = [...verdict.begun.keys()].filter((each) => {
          const known = removals.find(({ digest }) => digest === each);
          return known?.since === null && !memory.begun.has(each);
        });
        for (const each of began) {
          expect(verdict.granted.has(each)).toBe(true);
          beginnings.push({ digest: each, at: now });
        }
        removals = removals.map((each) => (began.includes(each.digest) ? { ...each, since: now } : each));
        const lately = beginnings.filter(({ at }) => now - at < 60_000);
        expect(lately.length).toBeLessThanOrEqual(10);
        memory = verdict;
        if (approves) for (const { removal: each } of verdict.waiting) approvals.set(each.digest, now);
      }
    }),
  );
});
