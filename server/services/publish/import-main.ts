import { setImmediate as nextTurn } from 'node:timers/promises';
import { noFailpoint, type Failpoint } from '../../lib/failpoint.ts';
import type { Store } from '../../store/open-store.ts';
import { finishStep, importUnits, prepareStep, type ImportedStep } from './import-step.ts';
import { pathTimes, type MainStep } from './main-step.ts';
import { renderedBy } from './rendered-commits.ts';

/** Units of one transaction: a few milliseconds, so that a push of thousands keeps nobody waiting. */
const BATCH = 100;

/**
 * Brings the database up to a commit of main: a small step in one transaction, a large one in many, with turns for others
 * between. The commit is noted in the last one, so a crash before it has the same step taken again, which finds the rows
 * that are there as it would make them.
 */
export async function importMain(
  store: Store,
  step: MainStep,
  now: string,
  failpoint: Failpoint = noFailpoint,
): Promise<ImportedStep> {
  await nextTurn();
  const times = pathTimes(step.history);
  await nextTurn();
  const rendered = renderedBy(step.history);
  await nextTurn();
  const prepared = prepareStep(store.reader, step, now, { times, rendered });
  const { units } = prepared;
  if (units.length <= BATCH) {
    return store.transact((tx) => {
      importUnits(tx, prepared, units);
      failpoint('import-being-written');
      return finishStep(tx, prepared);
    });
  }
  for (let at = 0; at < units.length; at += BATCH) {
    await nextTurn();
    store.transact((tx) => importUnits(tx, prepared, units.slice(at, at + BATCH)));
    failpoint('import-batch-written');
  }
  await nextTurn();
  return store.transact((tx) => finishStep(tx, prepared));
}
