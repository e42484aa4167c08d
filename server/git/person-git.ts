import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { ClaworcError } from '../lib/errors.ts';
import type { Spoken } from './client.ts';
import { gitError } from './errors.ts';
import type { Author } from './identity.ts';
import { commitId, refName } from './refs/ref.ts';
import { remoteError } from './remote/errors.ts';

/**
 * git as the person at this machine runs it in their own checkout: with their settings, credentials and hooks. For what they
 * could as well type, and nothing else; what Claworc does by itself sees none of these (`client.ts`).
 */
export interface PersonGit {
  /** Whose name their commits have; null where git was not told. */
  author(): Promise<Author | null>;
  /** Where a remote is pushed to. Throws `usage` for an unknown name. */
  addressOf(remote: string): Promise<string>;
  /** The commit of a branch of a remote, null where it has none. Throws as `remoteError` says. */
  branchAt(remote: string, branch: string): Promise<string | null>;
  /** Brings the commit of a branch of a remote here, and gives it; no branch of the checkout moves. Null where there is none. */
  fetch(remote: string, branch: string): Promise<string | null>;
  /** Puts a commit on a branch of a remote, plainly: nothing is overwritten. Throws as `remoteError` says. */
  push(remote: string, commit: string, branch: string): Promise<void>;
}

export interface PersonGitOptions {
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

const REMOTE = /^[A-Za-z0-9_][A-Za-z0-9._/-]{0,99}$/;

export function personGit({ folder, env, signal }: PersonGitOptions): PersonGit {
  const run = async (args: readonly string[]): Promise<Spoken> => {
    const child = spawn('git', [...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env, LC_ALL: 'C' },
      // What asks for a password does so at the terminal itself.
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    });
    const ended = new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? -1));
    });
    try {
      const [stdout, stderr, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
      return { exitCode, stdout, stderr };
    } catch (cause) {
      signal.throwIfAborted();
      throw gitError(args[0] ?? '', -1, '', cause);
    }
  };
  const branchAt: PersonGit['branchAt'] = async (remote, branch) => {
    const ref = refName(`refs/heads/${branch}`);
    const spoken = await run(['ls-remote', '--', remoteName(remote), ref]);
    if (spoken.exitCode !== 0) throw remoteError('read', remote, spoken, []);
    const line = spoken.stdout.split('\n').find((each) => each.endsWith(`\t${ref}`));
    return line === undefined ? null : commitId(line.slice(0, line.indexOf('\t')));
  };
  return {
    author: async () => {
      const { exitCode, stdout } = await run(['var', 'GIT_AUTHOR_IDENT']);
      const [, name, email] = /^(.*) <(.*)> \d+ [+-]\d{4}\n?$/.exec(stdout) ?? [];
      return exitCode !== 0 || name === undefined || email === undefined ? null : { name, email };
    },
    addressOf: async (remote) => {
      const { exitCode, stdout } = await run(['remote', 'get-url', '--push', '--', remoteName(remote)]);
      if (exitCode === 0) return stdout.trim();
      throw new ClaworcError('usage', `This checkout has no remote ${remote}: name one of \`git remote\`.`, {
        field: 'to',
      });
    },
    branchAt,
    fetch: async (remote, branch) => {
      const at = await branchAt(remote, branch);
      if (at === null) return null;
      const quietly = ['--quiet', '--no-tags', '--no-write-fetch-head', '--refmap='];
      const spoken = await run(['fetch', ...quietly, '--', remoteName(remote), refName(`refs/heads/${branch}`)]);
      if (spoken.exitCode !== 0) throw remoteError('read', remote, spoken, []);
      return at;
    },
    push: async (remote, commit, branch) => {
      const to = `${commitId(commit)}:${refName(`refs/heads/${branch}`)}`;
      const spoken = await run(['push', '--porcelain', '--no-force', '--', remoteName(remote), to]);
      if (spoken.exitCode !== 0) throw remoteError('push', remote, spoken, []);
    },
  };
}

function remoteName(remote: string): string {
  if (REMOTE.test(remote)) return remote;
  throw new ClaworcError('usage', `${JSON.stringify(remote.slice(0, 100))} is no name of a remote.`, { field: 'to' });
}
