import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { newFleet } from '../../../../constructs/new-documents.ts';
import type { Fleet } from '../../../../constructs/schema/index.ts';
import { writeRecord } from '../../../../constructs/schema/write-record.ts';
import { openRepository, type GitRepository } from '../../../../server/git/repository.ts';
import { createSigner } from '../../../../server/git/signing/open-signer.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { embedded } from '../fixture.ts';

export interface TestKey {
  /** The private key. */
  readonly file: string;
  /** `ssh-ed25519 AAAA...`. */
  readonly publicKey: string;
}

/** ssh-keygen makes it. */
export function makeKey(folder: string, name: string, ...options: string[]): TestKey {
  const file = join(folder, name);
  const how = options.length === 0 ? ['-t', 'ed25519'] : options;
  execFileSync('ssh-keygen', ['-q', '-N', '', '-C', name, '-f', file, ...how]);
  const [type = '', key = ''] = readFileSync(`${file}.pub`, 'utf8').split(' ');
  return { file, publicKey: `${type} ${key}` };
}

/** claworc.yaml that demands signatures of these. */
export function fleetSignedBy(
  allowedSigners: readonly string[],
  rest: Partial<NonNullable<Fleet['spec']['policy']>> = {},
  gpgKeys?: readonly string[],
): string {
  const signedCommits = {
    required: true,
    allowedSigners: [...allowedSigners],
    ...(gpgKeys === undefined ? {} : { gpgKeys: [...gpgKeys] }),
  };
  const fleet = newFleet({ recipients: [] });
  return writeRecord({ ...fleet, spec: { ...fleet.spec, policy: { ...rest, signedCommits } } });
}

export const freeFleet = (): string => writeRecord(newFleet({ recipients: [] }));

/** Somebody with a checkout, who signs with the key that they are given for a commit. */
export interface Signing {
  readonly folder: string;
  readonly bare: string;
  readonly checkout: string;
  readonly repository: GitRepository;
  /** Commits files (null removes) and pushes main; signed where a key is named. Gives the commit. */
  readonly push: (message: string, files: Readonly<Record<string, string | null>>, by?: TestKey | string) => string;
  /** The same without a push. */
  readonly commit: (message: string, files: Readonly<Record<string, string | null>>, by?: TestKey | string) => string;
  /** git in the checkout, as `by` where a key is named. */
  readonly git: (by: TestKey | string | undefined, ...args: string[]) => string;
  /** The repository as another process opens it; `by` signs what it writes. */
  readonly open: (by?: TestKey) => Promise<GitRepository>;
}

/** `by`, where it is a text, is a key of the gpg home that `GNUPGHOME` of `home` names. */
export async function signing(home?: string): Promise<Signing> {
  const { bare, repository } = await embedded();
  const folder = tempFolder();
  git(folder, 'clone', '-q', bare, 'checkout');
  const checkout = join(folder, 'checkout');
  const run = (by: TestKey | string | undefined, ...args: string[]): string => {
    if (by === undefined) return git(checkout, ...args);
    if (typeof by !== 'string') {
      return git(checkout, '-c', 'gpg.format=ssh', '-c', `user.signingKey=${by.file}`, ...args);
    }
    const program = join(folder, 'gpg.sh');
    writeFileSync(program, `#!/bin/sh\nexec gpg --homedir ${home ?? ''} "$@"\n`, { mode: 0o755 });
    return git(checkout, '-c', `gpg.program=${program}`, '-c', `user.signingKey=${by}`, ...args);
  };
  const commit: Signing['commit'] = (message, files, by) => {
    for (const [path, text] of Object.entries(files)) {
      const file = join(checkout, path);
      mkdirSync(dirname(file), { recursive: true });
      if (text === null) rmSync(file);
      else writeFileSync(file, text);
    }
    git(checkout, 'add', '-A');
    run(by, 'commit', '-q', '--allow-empty', '-m', message, ...(by === undefined ? [] : ['-S']));
    return git(checkout, 'rev-parse', 'HEAD').trim();
  };
  return {
    folder,
    bare,
    checkout,
    repository,
    commit,
    git: run,
    push: (message, files, by) => {
      const made = commit(message, files, by);
      git(checkout, 'push', '-q', 'origin', 'HEAD:main');
      return made;
    },
    open: (by) =>
      openRepository({
        folder: bare,
        log: silentLog,
        ...(by === undefined ? {} : { signer: createSigner({ kind: 'ssh', file: by.file }) }),
      }),
  };
}
