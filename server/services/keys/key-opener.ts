import type { GitRepository } from '../../git/repository.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { OpenKey } from '../../reconcile/apply/open-secret.ts';
import { openKey } from '../../secrets/open-key.ts';
import { openIdentity, recipientsOnMain } from './open-identity.ts';

export interface IdentityFile {
  readonly file: string;
  /** True where a person named it, rather than the data folder. */
  readonly isNamed: boolean;
}

/** What opens sealed keys for a process without a database; undefined, which is told, where there is no identity. */
export async function keyOpener(
  { file, isNamed }: IdentityFile,
  { repository, clock, log }: { readonly repository: GitRepository; readonly clock: Clock; readonly log: Log },
): Promise<OpenKey | undefined> {
  const recipients = await recipientsOnMain(repository);
  const { opened, trouble } = await openIdentity(file, { isNamed, mayCreate: false, recipients, clock, log });
  if (trouble !== null && recipients !== null) log.warn(trouble, { file });
  return opened === null ? undefined : (text, place) => openKey(text, opened.identity, place);
}
