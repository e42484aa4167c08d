import { lstatSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { ClaworcError, messageOf } from '../../lib/errors.ts';

/** Where a folder lies in the checkout or repository around it. */
export interface Located {
  /** The top of the repository; the folder itself where none is around it. */
  readonly top: string;
  /** From the top, with `/` between its steps; empty for the top. */
  readonly path: string;
}

/** Looks for the top of the checkout that a folder is in, as git itself does. Throws `usage` without the folder. */
export function locateFolder(folder: string): Located {
  const real = realFolder(folder);
  if (isBare(real)) return { top: real, path: '' };
  for (let top = real; ; top = dirname(top)) {
    if (kindOf(join(top, '.git')) !== undefined) return { top, path: relative(top, real).split(sep).join('/') };
    if (top === dirname(top)) return { top: real, path: '' };
  }
}

/** The folder itself, behind links too. Throws `usage` for what is no folder of this machine. */
export function realFolder(folder: string): string {
  try {
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) return realpathSync(folder);
    const message = found === undefined ? `There is no folder ${folder}.` : `${folder} is a file, not a folder.`;
    throw new ClaworcError('usage', message, { subject: folder });
  } catch (cause) {
    if (cause instanceof ClaworcError) throw cause;
    // It may well be there: no permission on the way to it, a circle of links.
    throw new ClaworcError('usage', `The folder ${folder} can't be looked at: ${messageOf(cause)}.`, {
      subject: folder,
      cause,
    });
  }
}

/** Whether a folder is a repository itself, without a checkout of its files. */
export function isBare(folder: string): boolean {
  return kindOf(join(folder, 'HEAD'))?.isFile() === true && kindOf(join(folder, 'objects'))?.isDirectory() === true;
}

function kindOf(path: string) {
  return lstatSync(path, { throwIfNoEntry: false });
}
