import { join } from 'node:path';
import { isBare, locateFolder } from '../../git/folder/locate.ts';
import { prefixOf } from '../../git/folder/subfolder.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { assertPlainFolders } from './plain-path.ts';

/** The folder at `path` (default: the top) of `folder`, which must be there and not behind a link. Throws `usage` for a bare repository. */
export function folderIn(folder: string, path?: string): string {
  const prefix = prefixOf(path);
  const inside = join(folder, prefix);
  assertPlainFolders(folder, prefix.slice(0, -1));
  locateFolder(inside);
  if (isBare(folder)) {
    throw new ClaworcError('usage', `${folder} is a bare repository; name a checkout (git clone makes one).`, {
      subject: folder,
    });
  }
  return inside;
}
