import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, vi } from 'vitest';
import type { Proposal } from '../../../../server/http/schemas/proposals.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { type GitHubLike, type RepositoryBehind, startGitHubLike } from '../../forge/github-like.ts';
import { startTestServer, type TestServer, type TestServerOptions } from '../../running-server.ts';

export const TOKEN = 'ghp_canary_of_the_forge_0123456789';

export interface Hub {
  readonly github: GitHubLike;
  /** The remote. */
  readonly bare: string;
  readonly data: string;
  readonly there: (...args: string[]) => string;
  /** Starts a server on the data folder; the one before has to be ended. */
  readonly start: (options?: TestServerOptions) => Promise<TestServer>;
}

/** A GitHub that is made to show what a real one can't be made to, with a real repository behind it. */
export async function startHub(): Promise<Hub> {
  const folder = tempFolder();
  const [bare, tokenFile, data] = [join(folder, 'bots.git'), join(folder, 'token'), join(folder, 'data')];
  git(folder, 'init', '-q', '--bare', '-b', 'main', bare);
  writeFileSync(tokenFile, `${TOKEN}\n`);
  const github = await startGitHubLike();
  const there = (...args: string[]): string => git(bare, ...args).trim();
  github.behind = repositoryBehind(bare);
  const none = { credentials: undefined, credentialHelper: undefined, sshKey: undefined };
  const access = { ...none, knownHosts: undefined, caFile: undefined };
  return {
    github,
    bare,
    data,
    there,
    start: async (options = {}) => {
      const server = await startTestServer({
        data,
        writeTimeoutMs: PATIENCE_MS,
        remote: { url: bare, branch: 'main', access, environment: {} },
        forge: { remote: 'git@github.example:acme/bots', kind: 'github', url: github.url, tokenFile },
        ...options,
      });
      let isOver = false;
      const end = async (): Promise<void> => {
        if (isOver) return;
        isOver = true;
        const told = JSON.stringify(server.lines) + (await server.call('GET', 'proposals')).text;
        expect(told).not.toContain(TOKEN);
        await server[Symbol.asyncDispose]();
      };
      onTestFinished(end);
      return { ...server, [Symbol.asyncDispose]: end };
    },
  };
}

export function repositoryBehind(bare: string): RepositoryBehind {
  return {
    shaOf: (branch) => {
      try {
        return git(bare, 'rev-parse', '--verify', '--quiet', `refs/heads/${branch}`).trim();
      } catch {
        return null;
      }
    },
    merge: (branch, method, message) => {
      const checkout = join(tempFolder(), 'merge');
      git(tempFolder(), 'clone', '-q', bare, checkout);
      const from = `origin/${branch}`;
      if (method === 'merge') git(checkout, 'merge', '-q', '--no-ff', '-m', message, from);
      else if (method === 'rebase') git(checkout, 'cherry-pick', '--allow-empty', `main..${from}`);
      else {
        git(checkout, 'merge', '-q', '--squash', from);
        git(checkout, 'commit', '-qm', message);
      }
      git(checkout, 'push', '-q', 'origin', 'HEAD:main');
      return git(checkout, 'rev-parse', 'HEAD').trim();
    },
  };
}

/** Has remote and forge asked now, until `check` holds of proposal 1. */
export function until(server: TestServer, check: (proposal: Proposal) => void): Promise<void> {
  return vi.waitFor(
    async () => {
      await server.call('POST', 'git/pull');
      server.running.context.forge?.wake();
      const { body } = await server.call('GET', 'proposals/1');
      check((body as unknown as { proposal: Proposal }).proposal);
    },
    { timeout: PATIENCE_MS, interval: 200 },
  );
}

/** A bot, and a proposal with one edit on its branch. */
export async function propose(server: TestServer): Promise<void> {
  await server.call('POST', 'instances', { display_name: 'Bot Alpha' });
  await server.call('POST', 'proposals', { title: 'More memory' });
  const written = await server.call('PUT', 'instances/bot-alpha?proposal=1', { memory_limit: '8Gi' });
  expect(written.status).toBe(202);
}
