import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ClaworcError } from '../lib/errors.ts';

/** Is in a data folder from the first to the last step of a restore. */
export const RESTORE_MARK = 'restore-unfinished';

/**
 * Throws `usage` for a data folder in which a restore was stopped: a server would take what is there for all there was,
 * and begin anew with the rest.
 */
export function refuseUnfinishedRestore(folder: string): void {
  if (!existsSync(join(folder, RESTORE_MARK))) return;
  throw new ClaworcError(
    'usage',
    `A restore into the data folder ${folder} was stopped before its end: run \`claworc restore\` again.`,
    { subject: folder },
  );
}
