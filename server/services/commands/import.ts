import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openRepository, type RepositoryChoice } from '../../git/repository.ts';
import { createSnapshots } from '../../git/read/snapshots.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { openMirror, type RemoteChoice } from '../publish/open-mirror.ts';
import { type ImportedRepository, importRepository } from '../publish/import-repository.ts';

export interface RebuildOptions {
  readonly data: string;
  readonly repo: string;
  /** A repository elsewhere that is the truth, brought here first; `repo` is not looked at then. */
  readonly remote?: RemoteChoice;
  /** @default all of it, on the branch that HEAD names */
  readonly from?: RepositoryChoice;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Rebuilt extends ImportedRepository {
  /** Where a damaged database was put; null where it was sound. */
  readonly setAside: string | null;
}

/**
 * `claworc import`. A damaged database is set aside, never deleted: it may still hold edits without a commit.
 * Throws `locked` while a server runs, `git_refused` without a repository.
 */
export async function rebuildDatabase({ data, repo, remote, from, clock, log }: RebuildOptions): Promise<Rebuilt> {
  const repository =
    remote === undefined
      ? await openRepository({ folder: repo, log, ...from })
      : await openMirror({ data, remote, log, ...(from === undefined ? {} : { from }) });
  const file = join(data, 'claworc.db');
  const { store, setAside } = openOrReplace(file, join(data, 'claworc.lock'), { clock, log });
  try {
    const imported = await importRepository({ store, repository, snapshots: createSnapshots(repository), clock });
    return { ...imported, setAside };
  } finally {
    store.close();
  }
}

function openOrReplace(
  file: string,
  lockFile: string,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): { store: Store; setAside: string | null } {
  try {
    return { store: openStore({ file, lockFile, log }), setAside: null };
  } catch (error) {
    if (!(error instanceof ClaworcError) || error.body.damaged !== true) throw error;
    const setAside = `${file}.damaged-${new Date(clock.now()).toISOString().replaceAll(':', '')}`;
    renameSync(file, setAside);
    for (const part of ['-wal', '-shm']) rmSync(`${file}${part}`, { force: true });
    return { store: openStore({ file, lockFile, log }), setAside };
  }
}
