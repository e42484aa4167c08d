import { join } from 'node:path';
import { initRepository } from '../../../../server/git/folder/init-repository.ts';
import { createMirror, type Mirror } from '../../../../server/git/remote/mirror.ts';
import { parseRemoteUrl } from '../../../../server/git/remote/remote-url.ts';
import { openRepository, type GitRepository } from '../../../../server/git/repository.ts';
import type { Failpoint } from '../../../../server/lib/failpoint.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';

/** A remote in a folder, a mirror of it, and somebody else who writes to either. */
export interface Mirrored {
  readonly folder: string;
  readonly bare: string;
  readonly own: string;
  readonly repository: GitRepository;
  readonly mirror: Mirror;
  /** A commit of somebody else on top of `parent` (null: the first one), in either repository; no branch moves. */
  readonly write: (folder: string, parent: string | null, subject: string) => string;
  /** The same as a branch of it. */
  readonly push: (folder: string, parent: string | null, subject: string, branch?: string) => string;
}

export interface MirrorOptions {
  /** @default the folder of the remote */
  readonly url?: string;
  readonly failpoint?: Failpoint;
}

export async function mirrored({ url, failpoint }: MirrorOptions = {}): Promise<Mirrored> {
  const folder = tempFolder();
  const [bare, own] = [join(folder, 'remote.git'), join(folder, 'own.git')];
  git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
  await initRepository(own);
  const repository = await openRepository({ folder: own, log: silentLog });
  const remote = repository.connect({ url: parseRemoteUrl(url ?? bare), branch: 'main', access: {}, environment: {} });
  const write: Mirrored['write'] = (place, parent, subject) => {
    const tree = git(place, 'hash-object', '-w', '-t', 'tree', '/dev/null').trim();
    return git(place, 'commit-tree', tree, '-m', subject, ...(parent === null ? [] : ['-p', parent])).trim();
  };
  return {
    folder,
    bare,
    own,
    repository,
    mirror: createMirror(repository, remote, failpoint),
    write,
    push: (place, parent, subject, branch = 'main') => {
      const commit = write(place, parent, subject);
      git(place, 'update-ref', `refs/heads/${branch}`, commit);
      return commit;
    },
  };
}

/** Where a branch is; empty where there is none. */
export const branchOf = (folder: string, branch = 'main'): string =>
  git(folder, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`).trim();
