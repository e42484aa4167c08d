import { locateFolder } from '../../git/folder/locate.ts';
import { openRepository, type GitRepository, type RepositoryChoice } from '../../git/repository.ts';
import { prefixOf } from '../../git/folder/subfolder.ts';
import type { Log } from '../../lib/log.ts';

export interface CheckoutChoice {
  /** A checkout, a folder of one, or a bare repository. */
  readonly folder: string;
  readonly from: RepositoryChoice;
  readonly log: Log;
}

/** The repository of a checkout, and what to put in front of a path of the instances repo to have one of the whole repository. */
export async function openCheckout({
  folder,
  from,
  log,
}: CheckoutChoice): Promise<{ readonly repository: GitRepository; readonly prefix: string }> {
  const { top, path } = locateFolder(folder);
  const inside = `${path}/${prefixOf(from.path)}`.replace(/^\//, '');
  const { anyOwner = false } = from;
  return { repository: await openRepository({ folder: top, path: inside, anyOwner, log }), prefix: prefixOf(inside) };
}
