import { accessSync, constants } from 'node:fs';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { refuseUnfinishedRestore } from './unfinished-restore.ts';

/**
 * Makes the data folder, readable by its owner only. Throws `usage` where a file stands in its way, and where a restore
 * was stopped in it unless that is what is being done again; `database` with one sentence where it can't be made or written.
 */
export function makeDataFolder(folder: string, { isRestore = false } = {}): void {
  try {
    makeFolder(folder, 0o700);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (cause) {
    const isInTheWay = cause instanceof Error && 'code' in cause && /^(EEXIST|ENOTDIR)$/.test(String(cause.code));
    const [code, why] = isInTheWay
      ? (['usage', 'it, or what it lies in, is no folder'] as const)
      : (['database', messageOf(cause)] as const);
    throw new ClaworcError(code, `The data folder ${folder} can't be made or written: ${why}.`, {
      subject: folder,
      cause,
    });
  }
  if (!isRestore) refuseUnfinishedRestore(folder);
}
