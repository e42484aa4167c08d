import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { FORGE_KINDS, type ForgeKind } from '../forge/place.ts';
import { ClaworcError } from '../lib/errors.ts';
import type { ForgeChoice } from '../services/forge/connect-forge.ts';

/** What opens a GitHub App, for git as for the API. */
export const appOptions = () => [
  new Option('--forge <kind>', 'which forge the remote is on, where its name does not say so')
    .choices(FORGE_KINDS)
    .env('CLAWORC_FORGE'),
  new Option('--forge-url <url>', "address of the forge, where it is not the remote's host").env('CLAWORC_FORGE_URL'),
  new Option('--forge-app <id>', 'GitHub App (number or client id) that opens the remote and its API').env(
    'CLAWORC_FORGE_APP',
  ),
  new Option('--forge-app-key <file>', "the app's private key; read again for each token").env('CLAWORC_FORGE_APP_KEY'),
];

export const forgeTokenFile = () =>
  new Option('--forge-token-file <file>', 'token for the API of the forge (default: that of --remote-credentials)').env(
    'CLAWORC_FORGE_TOKEN_FILE',
  );

const number = () => new Option('--number <number>', 'number of the pull request').argParser(parseNumber);
const link = () => new Option('--link <url>', 'named below a text that had to be cut').argParser(parseLink);

export const pullRequestOptions = () => [
  new Option('--head <branch>', 'branch to open a pull request of; one that is open is taken over'),
  new Option('--base <branch>', 'branch that it is for').default('main'),
  new Option('--title <text>', 'what it changes, in a line'),
  new Option('--description <file>', 'file with what it changes, as Markdown'),
  number(),
  new Option('--merge <method>', 'merge the numbered one').choices(['merge', 'squash', 'rebase']),
  new Option('--commit <id>', 'what was reviewed, in full; a branch that is elsewhere is not merged').argParser(
    parseCommit,
  ),
  new Option('--close', 'close the numbered one without a merge').default(false),
  link(),
];

export const proposeOptions = () => [
  new Option('--title <text>', 'what it changes, in a line'),
  new Option('--description <file>', 'file with why it does, as Markdown'),
  new Option('--branch <name>', 'branch to push (default: a new one below proposals/, named after the title)'),
  new Option('--base <branch>', 'branch that it is for').default('main'),
  new Option('--to <remote>', 'remote of the checkout that gets the branch').default('origin'),
  link(),
];

export const commentOptions = () => [
  number(),
  new Option('--body <file>', 'file with the text, as Markdown'),
  new Option('--name <name>', 'which comment it is, where there are several').default('review'),
  link(),
];

export interface AppOptions {
  readonly forge?: ForgeKind;
  readonly forgeUrl?: string;
  readonly forgeApp?: string;
  readonly forgeAppKey?: string;
}

interface ForgeOptions extends AppOptions {
  readonly remote?: string;
  readonly remoteCredentials?: string;
  readonly remoteCaFile?: string;
  readonly forgeTokenFile?: string;
}

/** What the options say about the forge. Throws `usage` where no remote is named. */
export function forgeChoice(settled: ForgeOptions, cwd: string): ForgeChoice {
  const { remote, forge, forgeUrl, forgeApp, forgeAppKey, remoteCredentials, remoteCaFile } = settled;
  if (remote === undefined) {
    throw new ClaworcError('usage', 'Name the repository with --remote (or CLAWORC_REMOTE).', { field: 'remote' });
  }
  const file = (name: string | undefined): string | undefined => (name === undefined ? undefined : resolve(cwd, name));
  return {
    remote,
    kind: forge,
    url: forgeUrl,
    tokenFile: file(settled.forgeTokenFile),
    app: forgeApp,
    appKey: file(forgeAppKey),
    credentials: file(remoteCredentials),
    caFile: file(remoteCaFile),
  };
}

/**
 * The forge that a server follows: the one that a token or an app was named for, or that was named itself beside
 * credentials of the remote. Undefined where none was.
 */
export function servedForge(settled: ForgeOptions, cwd: string): ForgeChoice | undefined {
  const { forge, forgeApp, forgeTokenFile: token, remoteCredentials } = settled;
  const isOpened = token !== undefined || forgeApp !== undefined;
  const isNamed = isOpened || (forge !== undefined && remoteCredentials !== undefined);
  return isNamed ? forgeChoice(settled, cwd) : undefined;
}

function parseNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('A pull request has a number.');
  return Number(text);
}

function parseLink(text: string): string {
  if (!/^https?:\/\/[^\s()<>]+$/.test(text)) throw new InvalidArgumentError('A link begins with https://.');
  return text;
}

export function parseCommit(text: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return text;
  throw new InvalidArgumentError('A commit is named by its whole id, as `git rev-parse` gives it.');
}
