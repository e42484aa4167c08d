import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { ClaworcError } from '../lib/errors.ts';

/** Where a folder lies in the checkout or repository around it. */
export interface Located {
  /** The top of the repository; the folder itself where none is around it. */
  readonly top: string;
  /** From the top, with `/` between its steps; empty for the top. */
  readonly path: string;
}

/** Looks for the top of the checkout that a folder is in, as git itself does. Throws `not_found` without the folder. */
export function locateFolder(folder: string): Located {
  const real = realFolder(folder);
  if (isBare(real)) return { top: real, path: '' };
  for (let top = real; ; top = dirname(top)) {
    if (kindOf(join(top, '.git')) !== undefined) return { top, path: relative(top, real).split(sep).join('/') };
    if (top === dirname(top)) return { top: real, path: '' };
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (cause) {
    throw new ClaworcError('not_found', `There is no folder ${folder}.`, { subject: folder, cause });
  }
}

function isBare(folder: string): boolean {
  return kindOf(join(folder, 'HEAD'))?.isFile() === true && kindOf(join(folder, 'objects'))?.isDirectory() === true;
}

function kindOf(path: string) {
  return lstatSync(path, { throwIfNoEntry: false });
}
