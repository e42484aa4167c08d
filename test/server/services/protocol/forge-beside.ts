import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ForgeChoice } from '../../../../server/services/forge/connect-forge.ts';
import type { OpenedContext } from '../../../../server/services/open-app-context.ts';
import { listProposals } from '../../../../server/store/proposals.ts';
import { git } from '../../../support/person-git.ts';
import { startGitHubLike, type GitHubLike, type RepositoryBehind } from '../../forge/github-like.ts';
import { repositoryBehind } from '../proposals/hub.ts';
import type { Places } from './house.ts';

/** What a person at the forge makes of a field while they squash a proposal. */
export const SETTLED_THERE = 'Settled at the forge';

/** Where the address of the forge stands, for a server of another process. */
const addressIn = (folder: string): string => join(folder, 'forge');
const tokenIn = (folder: string): string => join(folder, 'forge-token');

/** A forge in this process, which outlives the servers that are killed, with the remote of `places` behind it. */
export async function startForge({ folder, truth }: Pick<Places, 'folder' | 'truth'>): Promise<GitHubLike> {
  const forge = await startGitHubLike();
  forge.behind = settling(repositoryBehind(truth), truth, folder);
  writeFileSync(addressIn(folder), forge.url);
  writeFileSync(tokenIn(folder), 'ghp_0123456789\n');
  return forge;
}

/** A squash puts something else on main than the branch has, as whoever settles a conflict over there does. */
function settling(behind: RepositoryBehind, truth: string, folder: string): RepositoryBehind {
  return {
    shaOf: (branch) => behind.shaOf(branch),
    merge: (branch, method, message) => {
      if (method !== 'squash') return behind.merge(branch, method, message);
      const checkout = join(folder, `squash-${branch.replaceAll('/', '-')}`);
      git(folder, 'clone', '-q', truth, checkout);
      git(checkout, 'merge', '-q', '--squash', `origin/${branch}`);
      const record = join(checkout, 'instances', 'bot-b.yaml');
      const text = readFileSync(record, 'utf8');
      writeFileSync(record, text.replace(/^( *displayName:).*/m, `$1 ${SETTLED_THERE}`));
      git(checkout, 'commit', '-qam', message);
      git(checkout, 'push', '-q', 'origin', 'HEAD:main');
      return git(checkout, 'rev-parse', 'HEAD').trim();
    },
  };
}

export function forgeChoice({ folder }: Pick<Places, 'folder'>): ForgeChoice {
  const url = readFileSync(addressIn(folder), 'utf8');
  return { remote: 'git@github.example:acme/bots', kind: 'github', url, tokenFile: tokenIn(folder) };
}

/** A person does something to a pull request at the forge. */
export async function atForge({ folder }: Pick<Places, 'folder'>, method: string, path: string, body: object) {
  const url = `${readFileSync(addressIn(folder), 'utf8')}/api/v3/repos/acme/bots/pulls/${path}`;
  const { ok, status } = await fetch(url, { method, body: JSON.stringify(body) });
  if (!ok) throw new Error(`The forge answers ${method} ${path} with ${status}.`);
}

/** Every proposal is what its one pull request is. */
export function checkPulls({ store: { reader } }: OpenedContext, { pulls }: GitHubLike): void {
  const there = pulls.map(({ number, state, merged }) => [number, merged ? 'merged' : state]);
  const here = listProposals(reader).flatMap(({ forge, state }) => (forge === null ? [] : [[forge.number, state]]));
  expect(here.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual(there);
  const heads = pulls.map(({ head }) => head);
  expect(new Set(heads).size, heads.join(' ')).toBe(heads.length);
}
