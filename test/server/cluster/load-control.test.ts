import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LoadControl } from '../../../server/cluster/load-control.ts';

function control(options: { start?: number; most?: number } = {}) {
  const clock = { now: 0 };
  const load = new LoadControl({ start: 16, most: 64, random: () => 0.5, now: () => clock.now, ...options });
  return { clock, load };
}

/** As many answers as there are places. */
function round(load: LoadControl, tookMs: number, isFull = true): void {
  for (let left = load.limit; left > 0; left--) load.answered(tookMs, isFull);
}

describe('how many requests may be under way', () => {
  test('grows by one with each round of quick answers while all places are used, and no further than the most', () => {
    const { load } = control({ most: 20 });
    for (let rounds = 0; rounds < 3; rounds++) round(load, 10);
    expect(load.limit).toBe(19);
    for (let rounds = 0; rounds < 9; rounds++) round(load, 10);
    expect(load.limit).toBe(20);
  });

  test('stays as it is while places are free', () => {
    const { load } = control();
    for (let rounds = 0; rounds < 9; rounds++) round(load, 10, false);
    expect(load.limit).toBe(16);
  });

  test('shrinks while answers take much longer than they did, and not below four', () => {
    const { load } = control();
    round(load, 10);
    round(load, 200);
    expect(load.limit).toBe(15);
    for (let rounds = 0; rounds < 30; rounds++) round(load, 200);
    expect(load.limit).toBe(4);
  });

  test('takes slow answers for the server’s own pace in the end', () => {
    const { load } = control();
    round(load, 10);
    for (let rounds = 0; rounds < 300; rounds++) round(load, 100);
    expect(load.limit).toBeGreaterThan(16);
  });

  test('halves once for all requests that a server refuses together, and nothing is sent before the time that it names', () => {
    const { load, clock } = control();
    const { round: sentIn } = load;
    for (let refused = 0; refused < 16; refused++) load.refused(sentIn, 2_000);
    expect(load.limit).toBe(8);
    expect(load.restMs()).toBeGreaterThanOrEqual(2_000);
    expect(load.restMs()).toBeLessThan(3_000);
    clock.now += 3_000;
    expect(load.restMs()).toBe(0);
  });

  test('rests longer the more often it is refused, also without a word for how long, up to 32 s', () => {
    const { load, clock } = control();
    const rests = Array.from({ length: 12 }, () => {
      clock.now += load.restMs();
      load.refused(load.round, undefined);
      return load.restMs();
    });
    expect([...rests].sort((a, b) => a - b)).toEqual(rests);
    expect(rests.at(-1)).toBeLessThanOrEqual(32_000);
    expect(rests.at(-1)).toBeGreaterThanOrEqual(16_000);
    clock.now += load.restMs();
    load.answered(5, true);
    load.refused(load.round, undefined);
    expect(load.restMs()).toBeLessThan(1_000);
  });

  test('sends no more than twice the requests of a calm run while a server refuses everything for a minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 40, max: 2_000 }), fc.constantFrom(undefined, 1_000, 5_000), (work, retryAfter) => {
        const { load, clock } = control();
        let left = work;
        let sent = 0;
        while (left > 0) {
          clock.now += load.restMs();
          const { round: sentIn, limit } = load;
          const together = Math.min(limit, left);
          sent += together;
          for (let each = 0; each < together; each++) {
            if (clock.now < 60_000) load.refused(sentIn, retryAfter);
            else {
              load.answered(10, true);
              left--;
            }
          }
          clock.now += 10;
        }
        expect(sent).toBeLessThanOrEqual(2 * work);
      }),
    );
  });

  test('is never less than one and never more than the most, whatever the answers are', () => {
    const answers = fc.array(
      fc.oneof(
        fc.record({ took: fc.integer({ min: 0, max: 60_000 }), full: fc.boolean() }),
        fc.record({ retryAfter: fc.option(fc.integer({ min: 0, max: 60_000 }), { nil: undefined }) }),
      ),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(answers, fc.integer({ min: 1, max: 64 }), (all, most) => {
        const { load } = control({ most });
        for (const answer of all) {
          if ('took' in answer) load.answered(answer.took, answer.full);
          else load.refused(load.round, answer.retryAfter);
          expect(load.limit).toBeGreaterThanOrEqual(1);
          expect(load.limit).toBeLessThanOrEqual(most);
        }
      }),
    );
  });
});
