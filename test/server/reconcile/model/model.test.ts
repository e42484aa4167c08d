import fc from 'fast-check';
import { expect, test } from 'vitest';
import { anyStep } from './steps.ts';
import { World } from './world.ts';

/** How many histories are lived through; a larger number is a matter of patience. */
const HISTORIES = Number(process.env.CLAWORC_TEST_RECONCILES ?? 100);

test('whatever happens to main, to the cluster and to an apply: what lives is as main says in the end, and nothing went that nobody gave up', async () => {
  expect.hasAssertions();
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 30, size: 'max' }), async (steps) => {
      await using world = await World.create();
      for (const step of steps) await world.step(step);
      await world.settle();
    }),
    { numRuns: HISTORIES, includeErrorInReport: true },
  );
});
