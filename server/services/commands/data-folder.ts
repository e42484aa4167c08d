import { accessSync, constants, mkdirSync } from 'node:fs';
import { ClaworcError, messageOf } from '../../lib/errors.ts';

/** Makes the data folder, readable by its owner only. Throws `database` with one sentence where that can't be done. */
export function makeDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new ClaworcError('database', `The data folder ${folder} can't be written: ${messageOf(error)}.`, {
      subject: folder,
      cause: error,
    });
  }
}
