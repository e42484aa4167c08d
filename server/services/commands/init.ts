import { join } from 'node:path';
import { initRepository } from '../../git/folder/init-repository.ts';
import { openRepository, type RepositoryChoice } from '../../git/repository.ts';
import type { CommitSigner } from '../../git/signing/signer.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { makeDataFolder } from '../../store/data-folder.ts';
import { readExamples } from './examples.ts';
import { localAuthor } from './local-author.ts';
import { openIdentity, recipientsOnMain } from '../keys/open-identity.ts';
import { seedRepository } from './seed-repository.ts';

export interface InitOptions {
  readonly data: string;
  /** A bare repository in place of the embedded one; made where it is missing. */
  readonly repo?: string;
  /** @default all of it, on the branch that HEAD names */
  readonly from?: RepositoryChoice;
  /** @default `age-identity.txt` in the data folder */
  readonly identity?: string;
  readonly namespace: string;
  readonly withExamples: boolean;
  /** Signs the first commit. @default nobody does */
  readonly signer?: CommitSigner | null;
  readonly clock: Clock;
  readonly log: Log;
}

export interface InitResult {
  readonly repository: string;
  readonly identity: string;
  readonly identityIsNew: boolean;
  /** The first commit; null where the repository had one already, which is left as it is. */
  readonly commit: string | null;
}

/**
 * Makes what is missing of a data folder: identity, repository, first commit. What is there is kept, so calling it twice
 * is harmless. Throws `usage` or `database` for a folder that can't be had, `secrets` or `git_refused` for what is broken.
 */
export async function initData(options: InitOptions): Promise<InitResult> {
  const { data, namespace, withExamples, signer = null, clock, log } = options;
  makeDataFolder(data);
  const file = options.identity ?? join(data, 'age-identity.txt');
  const folder = options.repo ?? join(data, 'instances.git');
  await initRepository(folder);
  const repository = await openRepository({ folder, log, signer, ...options.from });
  const recipients = await recipientsOnMain(repository);
  const { opened, trouble } = await openIdentity(file, { isNamed: false, mayCreate: true, recipients, clock, log });
  if (opened === null) throw new ClaworcError('secrets', trouble, { subject: file });
  if (trouble !== null) log.warn(trouble);
  const commit = await seedRepository({
    repository,
    recipients: [...opened.identity.recipients],
    namespace,
    records: withExamples ? await readExamples() : new Map(),
    author: localAuthor(),
    clock,
  });
  return { repository: folder, identity: file, identityIsNew: opened.isNew, commit };
}
