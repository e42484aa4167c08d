import { resolve } from 'node:path';
import { copyCheckout } from './checkout-copy.ts';
import { LISTS } from './lists.ts';
import { runTests, type TestRun } from './run-tests.ts';
import type { SeededBug } from './seeded-bug.ts';

/**
 * `npm run seeded-bugs [-- LIST...]`: puts one bug after another into a copy of the checkout and runs the tests that have
 * to find it. Ends with 0 if each was found, 1 if one was not or the tests fail without any, 2 for a list that there is not.
 */
const LIMIT_MS = 300_000;
const root = resolve(import.meta.dirname, '../..');

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort());

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!ending.signal.aborted) throw error;
  console.log('stopped');
  return 130;
});

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !Object.hasOwn(LISTS, name));
  if (unknown.length > 0) {
    console.error(`There is no list ${unknown.join(', ')}; there is ${Object.keys(LISTS).join(', ')}.`);
    return 2;
  }
  const bugs = Object.entries(LISTS)
    .filter(([name]) => names.length === 0 || names.includes(name))
    .flatMap(([list, all]) => all.map((bug) => ({ list, bug })));
  using copy = copyCheckout(root);
  const { signal } = ending;
  const tests = bugs.flatMap(({ bug }) => bug.tests);
  // What fails without a bug would be counted as having found each of them.
  const sound = await runTests(copy.folder, tests, { limitMs: LIMIT_MS * 3, signal, bail: false });
  const wrong = [...sound.refuted, ...sound.troubles];
  const missing = tests.filter(({ name }) => !sound.passed.some((each) => each.includes(name)));
  for (const each of wrong) console.error(`fails without a bug: ${each}`);
  for (const { file, name } of missing) console.error(`does not pass without a bug: ${name} (${file})`);
  if (wrong.length + missing.length > 0) return 1;
  console.log(`${sound.passed.length} tests pass without a bug`);

  let found = 0;
  for (const { list, bug } of bugs) {
    using _seeded = copy.seed(bug);
    const run = await runTests(copy.folder, bug.tests, { limitMs: LIMIT_MS, signal, bail: true });
    if (run.refuted.length > 0) found += 1;
    console.log(`${run.refuted.length > 0 ? 'caught  ' : 'SURVIVES'} | ${list} | ${bug.name} | ${by(bug, run)}`);
  }
  console.log(`seeded bugs: ${found} of ${bugs.length} caught`);
  return found === bugs.length ? 0 : 1;
}

/** By which test it was found, or what happened instead. */
function by({ file }: SeededBug, { refuted, troubles }: TestRun): string {
  const [first] = refuted;
  if (first !== undefined) return first;
  return `${file}: ${troubles[0]?.split('\n')[0] ?? 'every test passes with it'}`;
}
