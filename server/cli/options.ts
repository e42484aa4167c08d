import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { ClaworcError } from '../lib/errors.ts';
import { systemClock } from '../lib/clock.ts';
import { silentLog } from '../lib/log.ts';
import type { RemoteChoice } from '../services/publish/open-mirror.ts';
import { type AppOptions, appOptions, forgeChoice, parseCommit } from './forge-options.ts';

/** Every option has an environment twin; a flag wins over the variable, which wins over the default. */
export const options = {
  host: () => new Option('--host <address>', 'address to listen on').env('CLAWORC_HOST').default('127.0.0.1'),
  port: () => new Option('--port <number>', 'port to listen on').env('CLAWORC_PORT').default(8080).argParser(parsePort),
  data: () =>
    new Option('--data <folder>', 'data folder: database, repository, identity').env('CLAWORC_DATA').default('data'),
  repo: (what: string) => new Option('--repo <folder>', what).env('CLAWORC_REPO').argParser(parseFolder),
  branch: () =>
    new Option('--branch <name>', 'branch that is the desired state (default: what HEAD names)').env('CLAWORC_BRANCH'),
  path: () =>
    new Option('--path <folder>', 'folder inside the repository that is the instances repo (default: its top)').env(
      'CLAWORC_PATH',
    ),
  anyOwner: () =>
    new Option('--any-owner', 'also use a repository that belongs to another user of this machine')
      .env('CLAWORC_ANY_OWNER')
      .default(false),
  remote: () =>
    new Option(
      '--remote <url>',
      'repository that is the truth (https, ssh or a folder); the data folder then holds a mirror of it',
    ).env('CLAWORC_REMOTE'),
  remoteCredentials: () =>
    new Option(
      '--remote-credentials <file>',
      'for https: a file with a token, or with lines https://user:token@host; read again at each use',
    ).env('CLAWORC_REMOTE_CREDENTIALS'),
  remoteCredentialHelper: () =>
    new Option(
      '--remote-credential-helper <command>',
      "for https: a command that speaks git's credential helper protocol",
    ).env('CLAWORC_REMOTE_CREDENTIAL_HELPER'),
  remoteSshKey: () =>
    new Option('--remote-ssh-key <file>', 'for ssh: the private key, without a passphrase').env(
      'CLAWORC_REMOTE_SSH_KEY',
    ),
  remoteKnownHosts: () =>
    new Option('--remote-known-hosts <file>', "for ssh: the host's public key, as in known_hosts").env(
      'CLAWORC_REMOTE_KNOWN_HOSTS',
    ),
  remoteCaFile: () =>
    new Option('--remote-ca-file <file>', "for https: certificates that the host may show beside the machine's").env(
      'CLAWORC_REMOTE_CA_FILE',
    ),
  webhookSecretFile: () =>
    new Option(
      '--webhook-secret-file <file>',
      'lets a webhook of the forge, signed with the secret in the file, have the remote asked at once',
    ).env('CLAWORC_WEBHOOK_SECRET_FILE'),
  kubeconfig: () => new Option('--kubeconfig <file>', 'kubeconfig of the cluster to use').env('CLAWORC_KUBECONFIG'),
  context: () => new Option('--context <name>', 'context of the kubeconfig').env('CLAWORC_CONTEXT'),
  identity: () =>
    new Option(
      '--identity <file>',
      'age identity that opens API keys (default: age-identity.txt in the data folder)',
    ).env('CLAWORC_IDENTITY'),
  metrics: () =>
    new Option('--metrics <address>', 'address that answers /metrics: a port of loopback, or host:port (default: none)')
      .env('CLAWORC_METRICS')
      .argParser(parseMetricsAddress),
  noBotMetrics: () =>
    new Option('--no-bot-metrics', 'leave the names of bots out of /metrics').env('CLAWORC_NO_BOT_METRICS'),
  publicUrl: () =>
    new Option('--public-url <url>', 'address that browsers use; needed on any address but loopback').env(
      'CLAWORC_PUBLIC_URL',
    ),
  check: () => new Option('--check', 'write nothing; exit with 3 if something would be written').default(false),
  verifyFormat: () =>
    new Option('--format <name>', 'github are notes at files and lines, gitlab a code quality report')
      .choices(['text', 'github', 'gitlab', 'sarif', 'junit'])
      .default('text'),
  base: () =>
    new Option('--base <commit>', 'commit whose policy the checkout has to keep too, as where a pull request started'),
  diffFormat: () =>
    new Option('--format <name>', 'markdown fits a comment, github are notes at files and lines')
      .choices(['text', 'markdown', 'json', 'github'])
      .default('text'),
  codeOwnersFormat: () =>
    new Option('--format <name>', 'whose CODEOWNERS it is for')
      .choices(['github', 'gitlab', 'gitea'])
      .default('github'),
  codeOwnersFile: () => new Option('--in <file>', 'look for the line in this file instead of printing it'),
  acceptHead: () =>
    new Option(
      '--accept-head <commit>',
      'go on from the head that main has after its history was rewritten; its whole id',
    ).argParser(parseCommit),
  restoreBranch: () => new Option('--restore-branch', 'push main to a remote that lost its branch').default(false),
  examples: () => new Option('--examples', 'put three example bots into the new repository').default(false),
  namespace: () =>
    new Option('--namespace <name>', 'namespace of the fleet').env('CLAWORC_NAMESPACE').default('claworc'),
  accept: () =>
    new Option(
      '--accept <recipient...>',
      'seal for the recipients that main names from now on; each new one has to be given as its owner told it',
    ),
  yes: () => new Option('--yes', 'accept whatever recipients main names').default(false),
  allowOlder: () =>
    new Option(
      '--allow-older',
      'also apply a commit that is older than the one the cluster runs, or that can not be compared with it',
    )
      .env('CLAWORC_ALLOW_OLDER')
      .default(false),
  althoughExternal: () =>
    new Option(
      '--although-external',
      'plan or apply although claworc.yaml leaves applying to another program; stop that one first',
    ).default(false),
  waitWhileExternal: () =>
    new Option(
      '--wait-while-external',
      'while claworc.yaml leaves applying to another program: run, write nothing, and begin when it does no longer',
    )
      .env('CLAWORC_WAIT_WHILE_EXTERNAL')
      .default(false),
  watch: () => new Option('--watch', 'go on until all is as the commit says, and tell what changes').default(false),
  approveRemovals: () =>
    new Option(
      '--approve-removals <hash>',
      'let removals go that wait for an approval, as far as the hash that the plan told is theirs',
    ),
  out: () => new Option('--out <file>', 'keep the plan, for `claworc apply --plan`'),
  plan: () => new Option('--plan <file>', 'apply only if what would be done is what this plan says'),
  write: () => new Option('--write', 'write it to the work tree (default: only tell what it would do)').default(false),
  fleet: () =>
    new Option('--fleet', 'the whole fleet, by claworc.yaml; records that say otherwise count before it').default(
      false,
    ),
  mode: () =>
    new Option('--mode <mode>', 'detect: drift is told as such; suspend: what differs is only shown')
      .choices(['detect', 'suspend'])
      .default('suspend'),
  reason: () => new Option('--reason <text>', 'why, one line, kept beside it'),
  remove: () =>
    new Option(
      '--remove <bot...>',
      'the bots that the commit does not have and that go with it; exactly those, their volumes are kept',
    ).default([]),
  to: () => new Option('--to <folder>', 'folder of the backup: a new or an empty one').makeOptionMandatory(),
  from: () => new Option('--from <folder>', 'folder of the backup').makeOptionMandatory(),
  recipient: () =>
    new Option(
      '--recipient <recipient...>',
      'age recipient (age1...) that the backup is encrypted for (default: none)',
    ),
  setAside: () =>
    new Option('--set-aside', 'restore also where a data folder is in use; what is there is kept beside it').default(
      false,
    ),
  json: () => new Option('--json', 'output for programs').env('CLAWORC_JSON').default(false),
  verbose: () => new Option('--verbose', 'also log what is usually too much').env('CLAWORC_VERBOSE').default(false),
} as const;

/** What the options say about the repository, in words of `openRepository`. */
export interface RepositoryOptions {
  readonly branch?: string;
  readonly path?: string;
  readonly anyOwner: boolean;
}

export function repositoryChoice({ branch, path, anyOwner }: RepositoryOptions): RepositoryOptions {
  return { anyOwner, ...(branch === undefined ? {} : { branch }), ...(path === undefined ? {} : { path }) };
}

/** What the options say about the remote. */
export interface RemoteOptions extends AppOptions {
  readonly repo?: string;
  readonly branch?: string;
  readonly remote?: string;
  readonly remoteCredentials?: string;
  readonly remoteCredentialHelper?: string;
  readonly remoteSshKey?: string;
  readonly remoteKnownHosts?: string;
  readonly remoteCaFile?: string;
}

export const remoteOptions = () => [
  options.remote(),
  options.remoteCredentials(),
  options.remoteCredentialHelper(),
  options.remoteSshKey(),
  options.remoteKnownHosts(),
  options.remoteCaFile(),
  ...appOptions(),
];

/** The remote that was named, undefined where none was. Throws `usage` for options that don't go together. */
export function remoteChoice(
  settled: RemoteOptions,
  cwd: string,
  environment: NodeJS.ProcessEnv,
): RemoteChoice | undefined {
  const {
    repo,
    branch,
    remote,
    remoteCredentials,
    remoteCredentialHelper,
    remoteSshKey,
    remoteKnownHosts,
    remoteCaFile,
  } = settled;
  const file = (name: string | undefined): string | undefined => (name === undefined ? undefined : resolve(cwd, name));
  if (remote === undefined) {
    const [first] = [remoteCredentials, remoteCredentialHelper, remoteSshKey, remoteKnownHosts, remoteCaFile].filter(
      (each) => each !== undefined,
    );
    if (first === undefined) return undefined;
    throw new ClaworcError('usage', 'There is no --remote that the credentials could be for.', { field: 'remote' });
  }
  if (repo !== undefined) {
    throw new ClaworcError('usage', 'Name --repo or --remote, not both: a remote is mirrored into the data folder.', {
      field: 'remote',
    });
  }
  const access = {
    credentials: file(remoteCredentials),
    credentialHelper: remoteCredentialHelper,
    sshKey: file(remoteSshKey),
    knownHosts: file(remoteKnownHosts),
    caFile: file(remoteCaFile),
  };
  const token = appToken(settled, cwd, environment);
  return {
    url: /^\.{1,2}(\/|$)/.test(remote) ? resolve(cwd, remote) : remote,
    branch: branch ?? 'main',
    access,
    environment,
    ...(token === undefined ? {} : { token }),
  };
}

/** The token of a GitHub App; what makes it is loaded when git asks for the first one. */
function appToken(settled: RemoteOptions, cwd: string, environment: NodeJS.ProcessEnv): RemoteChoice['token'] {
  const { forgeApp, forgeAppKey, remoteCredentials, remoteCredentialHelper } = settled;
  if (forgeApp === undefined && forgeAppKey === undefined) return undefined;
  if (forgeApp === undefined || forgeAppKey === undefined) {
    throw new ClaworcError('usage', 'A GitHub App is named by --forge-app and --forge-app-key together.', {
      field: 'forge',
    });
  }
  if ((remoteCredentials ?? remoteCredentialHelper) !== undefined) {
    throw new ClaworcError('usage', 'Name --forge-app or credentials for the remote, not both.', { field: 'forge' });
  }
  if (!/^https?:/i.test(settled.remote ?? '')) {
    throw new ClaworcError('usage', '--forge-app opens a remote over https; over ssh a key does (--remote-ssh-key).', {
      field: 'forge',
    });
  }
  const choice = forgeChoice(settled, cwd);
  let source: RemoteChoice['token'];
  return async () => {
    const { gitTokenOfApp } = await import('../services/forge/connect-forge.ts');
    source ??= gitTokenOfApp(choice, { environment, clock: systemClock, log: silentLog });
    return source();
  };
}

/** The identity that was named, or that of the data folder. */
export function identityFile(
  { identity, data }: { readonly identity?: string; readonly data: string },
  cwd: string,
): { readonly file: string; readonly isNamed: boolean } {
  const isNamed = identity !== undefined;
  return { file: isNamed ? resolve(cwd, identity) : resolve(cwd, data, 'age-identity.txt'), isNamed };
}

/** Not a refusal of commander's, which would print a token that stands in an address. */
function parseFolder(text: string): string {
  if (text === '') throw new ClaworcError('usage', '--repo names no folder: its value is empty.', { field: 'repo' });
  if (!/^(?:[a-z][a-z0-9+.-]*:\/\/|[\w.-]+@[\w.-]+:)/i.test(text)) return text;
  throw new ClaworcError(
    'usage',
    '--repo names a folder, and this is an address: start, serve, reconcile and import take it as --remote; for the others clone it and name the checkout.',
    { field: 'repo' },
  );
}

/** `9464`, `0.0.0.0:9464`, `[::]:9464`. */
function parseMetricsAddress(text: string): { readonly host: string; readonly port: number } {
  const [, host = '127.0.0.1', port = ''] = /^(?:\[?([^[\]]+?)\]?:)?(\d+)$/.exec(text) ?? [];
  return { host, port: parsePort(port) };
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}
