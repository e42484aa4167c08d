import { join } from 'node:path';
import { locateFolder } from '../../git/locate.ts';
import { prefixOf } from '../../git/subfolder.ts';
import { assertPlainFolders } from './plain-path.ts';

/** The folder at `path` (default: the top) of `folder`, which must be there and not behind a link. */
export function folderIn(folder: string, path?: string): string {
  const prefix = prefixOf(path);
  const inside = join(folder, prefix);
  assertPlainFolders(folder, prefix.slice(0, -1));
  locateFolder(inside);
  return inside;
}
