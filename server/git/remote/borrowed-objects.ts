import { join } from 'node:path';
import { FileNotRead, readSmallFileSync } from '../../lib/small-file.ts';
import { layoutOf, type GitLayout } from '../folder/layout.ts';

/**
 * Whether the repository in a folder names others from which it takes objects. Git would read those with our rights,
 * wherever on this machine they are, and bring to main what nobody put into the repository that was named.
 */
export function borrowsObjects(folder: string): boolean {
  const layout = layoutIn(folder);
  if (layout === undefined) return false;
  try {
    const lines = readSmallFileSync(join(layout.commonFolder, 'objects', 'info', 'alternates')).toString('utf8');
    return lines.split('\n').some((line) => line !== '' && !line.startsWith('#'));
  } catch (error) {
    // One that can't be read may name anything.
    return !(error instanceof FileNotRead && error.isMissing);
  }
}

/** Undefined where there is no repository, for which git has words. */
function layoutIn(folder: string): GitLayout | undefined {
  for (const top of [folder, `${folder}.git`]) {
    try {
      return layoutOf(top);
    } catch {
      continue;
    }
  }
  return undefined;
}
