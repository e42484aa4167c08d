import { join } from 'node:path';
import { ALL_BRANCHES, initRepository, takePushes } from '../../git/folder/init-repository.ts';
import { checkAccess, type RemoteAccess, type TokenSource } from '../../git/remote/access.ts';
import { createMirror, type Mirror } from '../../git/remote/mirror.ts';
import { parseRemoteUrl } from '../../git/remote/remote-url.ts';
import { openRepository, type RepositoryChoice } from '../../git/repository.ts';
import type { CommitSigner } from '../../git/signing/signer.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Failpoint } from '../../lib/failpoint.ts';
import type { Log } from '../../lib/log.ts';

/** The repository that is the truth, as it was named. */
export interface RemoteChoice {
  readonly url: string;
  /** Short name. */
  readonly branch: string;
  readonly access: {
    readonly [Name in keyof RemoteAccess]: RemoteAccess[Name] | undefined;
  };
  readonly token?: TokenSource;
  /** Proxies are taken from it, and the home of a credential helper. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface OpenMirrorOptions {
  readonly data: string;
  readonly remote: RemoteChoice;
  readonly from?: Omit<RepositoryChoice, 'branch'>;
  readonly log: Log;
  readonly failpoint?: Failpoint;
  /** As of a repository. @default false */
  readonly keepsGit?: boolean;
  /** Signs every commit that is made here. @default nobody does */
  readonly signer?: CommitSigner | null;
  readonly signal?: AbortSignal;
}

/**
 * Opens the mirror in the data folder, made where it is missing, and brings it up to the remote. A remote that can't be
 * reached is a state of what goes on; only where there is nothing here yet it throws, since what it has can't be known:
 * `git_unreachable` or `git_refused`. Throws `usage` for a remote that can't be one.
 */
export async function openMirror(options: OpenMirrorOptions): Promise<Mirror> {
  const { data, remote, from, log, failpoint, keepsGit = false, signer = null, signal } = options;
  const url = parseRemoteUrl(remote.url);
  const { credentials, credentialHelper, sshKey, knownHosts, caFile } = remote.access;
  const access: RemoteAccess = {
    ...(credentials === undefined ? {} : { credentials }),
    ...(credentialHelper === undefined ? {} : { credentialHelper }),
    ...(sshKey === undefined ? {} : { sshKey }),
    ...(knownHosts === undefined ? {} : { knownHosts }),
    ...(caFile === undefined ? {} : { caFile }),
  };
  checkAccess(url, access);
  const folder = join(data, 'instances.git');
  await initRepository(folder);
  await takePushes(folder, ALL_BRANCHES);
  const { path, anyOwner } = from ?? {};
  const repository = await openRepository({
    folder,
    log,
    keepsGit,
    signer,
    ...(path === undefined ? {} : { path }),
    ...(anyOwner === undefined ? {} : { anyOwner }),
  });
  const { branch, token, environment } = remote;
  const connected = repository.connect({ url, branch, access, environment, ...(token === undefined ? {} : { token }) });
  const mirror = createMirror(repository, connected, failpoint);
  const standing = await mirror.pull(signal);
  if (standing.state === 'same') return mirror;
  if (standing.state !== 'trouble') log.warn('Main here is not what the remote has', { ...standing });
  else if ((await mirror.head()) !== null) log.warn(standing.detail);
  else {
    throw new ClaworcError('git_unreachable', `${standing.detail}. There is nothing in ${folder} yet to go on with.`, {
      subject: url.url,
      retryable: true,
    });
  }
  return mirror;
}
