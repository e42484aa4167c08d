import { ClaworcError, messageOf } from '../../lib/errors.ts';
import { checkPlainFile, readSmallFile } from '../../lib/small-file.ts';
import type { CommandAccess } from '../client.ts';
import type { RemoteUrl } from './remote-url.ts';

/** How the remote is opened. Only names of files and commands; what opens it is read each time, so that it can be changed. */
export interface RemoteAccess {
  /**
   * File with a token alone, or with lines `https://user:token@host` as `git credential-store` writes them.
   */
  readonly credentials?: string;
  /** Command that speaks git's credential helper protocol. */
  readonly credentialHelper?: string;
  readonly sshKey?: string;
  readonly knownHosts?: string;
  /** Certificates that the host may show beside those of the machine. */
  readonly caFile?: string;
}

/** User name and password or token; made by whoever knows better than a file (a GitHub App). */
export type TokenSource = () => Promise<{ readonly user: string; readonly secret: string }>;

/** What one git command is given. Secrets stand in `env` alone. */
export interface RemoteCommandAccess extends CommandAccess {
  /** Texts that must not appear anywhere. */
  readonly secrets: readonly string[];
}

/** A token names no user, and forges look at the token alone; GitHub, GitLab and Gitea all take this name. */
const TOKEN_USER = 'x-access-token';
/** Known hosts and certificates of a whole company are some hundred KiB. */
const MAX_OPENER_BYTES = 4 * 1024 * 1024;

/**
 * Answers `get` with what stands in its environment, which only processes of this user can read, and only for the host
 * that was named: after a redirect git would ask for another one.
 */
const HELPER =
  '!f() { [ "$1" = get ] || exit 0; h=; p=; while IFS= read -r l && [ -n "$l" ]; do case "$l" in host=*) h=${l#host=};; ' +
  'protocol=*) p=${l#protocol=};; esac; done; [ "$p://$h" = "$CLAWORC_GIT_PLACE" ] || exit 0; ' +
  'printf "username=%s\\npassword=%s\\n" "$CLAWORC_GIT_USER" "$CLAWORC_GIT_SECRET"; }; f';

/** Proxies are a matter of the machine. */
const PROXY_VARIABLES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy', 'ALL_PROXY'];

/**
 * Throws `usage` for access that doesn't fit the URL, at the start and not at the first fetch: ssh without a key or
 * without known hosts (a host that nobody checked could be anybody's).
 */
export function checkAccess(remote: RemoteUrl, access: RemoteAccess): void {
  const refuse = (message: string): never => {
    throw new ClaworcError('usage', message, { field: 'remote' });
  };
  const { credentials, credentialHelper, sshKey, knownHosts, caFile } = access;
  if (remote.scheme === 'ssh') {
    if (sshKey === undefined) refuse('A remote over ssh needs --remote-ssh-key, the file of the private key.');
    if (knownHosts === undefined) {
      refuse(
        `A remote over ssh needs --remote-known-hosts, a file with the host's public key (ssh-keyscan ${remote.host}, checked by you).`,
      );
    }
    if (credentials !== undefined || credentialHelper !== undefined) {
      refuse('A remote over ssh is opened by --remote-ssh-key; credentials belong to https.');
    }
  } else if (sshKey !== undefined || knownHosts !== undefined) {
    refuse('--remote-ssh-key and --remote-known-hosts belong to a remote over ssh.');
  }
  if (credentials !== undefined && credentialHelper !== undefined) {
    refuse('Name --remote-credentials or --remote-credential-helper, not both.');
  }
  if (remote.scheme === 'file' && (credentials ?? credentialHelper ?? caFile) !== undefined) {
    refuse('A remote that is a folder is opened by the rights of its files; it takes no credentials.');
  }
}

/** Reads what is needed for the next command. Throws `git_refused` for a file that can't be read or holds nothing for the host. */
export async function accessFor(
  remote: RemoteUrl,
  access: RemoteAccess,
  environment: NodeJS.ProcessEnv,
  token?: TokenSource,
): Promise<RemoteCommandAccess> {
  const protocol = remote.scheme;
  if (protocol === 'file') return { protocol, config: [], env: {}, secrets: [] };
  if (protocol === 'ssh') {
    checkOpener(access.sshKey, 'unauthorized');
    checkOpener(access.knownHosts, 'unknown_host');
    return { protocol, config: [`core.sshCommand=${sshCommand(access)}`], env: {}, secrets: [] };
  }
  checkOpener(access.caFile, 'unknown_host');
  const config = [
    // Elsewhere the token would be asked for by a host that nobody named.
    'http.followRedirects=false',
    'http.lowSpeedLimit=1',
    'http.lowSpeedTime=30',
    ...(access.caFile === undefined ? [] : [`http.sslCAInfo=${access.caFile}`]),
  ];
  const proxies = Object.fromEntries(
    PROXY_VARIABLES.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  if (access.credentialHelper !== undefined) {
    const env = { ...proxies, ...(environment.HOME === undefined ? {} : { HOME: environment.HOME }) };
    return { protocol, config: [...config, `credential.helper=!${access.credentialHelper}`], env, secrets: [] };
  }
  const found = token === undefined ? await credentialsIn(remote, access.credentials) : await token();
  if (found === undefined) return { protocol, config, env: proxies, secrets: [] };
  const { user, secret } = found;
  return {
    protocol,
    config: [...config, `credential.helper=${HELPER}`],
    env: {
      ...proxies,
      CLAWORC_GIT_PLACE: `${remote.scheme}://${remote.authority}`,
      CLAWORC_GIT_USER: user,
      CLAWORC_GIT_SECRET: secret,
    },
    secrets: [secret, encodeURIComponent(secret)],
  };
}

/** ssh and curl would wait for the other end of a pipe. */
function checkOpener(file: string | undefined, trouble: 'unauthorized' | 'unknown_host'): void {
  if (file === undefined) return;
  try {
    checkPlainFile(file, { most: MAX_OPENER_BYTES });
  } catch (cause) {
    throw new ClaworcError('git_refused', `The file ${file}, which opens the remote, ${messageOf(cause)}.`, {
      subject: file,
      retryable: true,
      body: { trouble },
      cause,
    });
  }
}

/** Nothing of the person's own ssh configuration or agent: the key and the known hosts that were named, and no question. */
function sshCommand({ sshKey = '', knownHosts = '' }: RemoteAccess): string {
  const settings = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${sshQuoted(knownHosts)}`,
    'GlobalKnownHostsFile=/dev/null',
    'UpdateHostKeys=no',
    'IdentitiesOnly=yes',
    'IdentityAgent=none',
    'PasswordAuthentication=no',
    'ConnectTimeout=15',
    'ServerAliveInterval=10',
    'ServerAliveCountMax=3',
  ];
  return [
    'ssh',
    '-F',
    '/dev/null',
    '-i',
    shellQuoted(sshKey),
    ...settings.flatMap((each) => ['-o', shellQuoted(each)]),
  ].join(' ');
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** ssh splits the value at spaces unless it stands in double quotes, and knows no escape for those. */
function sshQuoted(path: string): string {
  return `"${path.replaceAll('%', '%%')}"`;
}

/**
 * User and token or password for the remote in a file of them, undefined where no file was named. Throws `git_refused`
 * like `accessFor`.
 */
export async function credentialsIn(
  remote: RemoteUrl,
  file: string | undefined,
): Promise<{ readonly user: string; readonly secret: string } | undefined> {
  if (file === undefined) return undefined;
  const refuse = (why: string, cause?: unknown): ClaworcError =>
    new ClaworcError('git_refused', `The credentials file ${file} ${why}.`, {
      subject: file,
      retryable: true,
      body: { trouble: 'unauthorized' },
      ...(cause === undefined ? {} : { cause }),
    });
  const bytes = await readSmallFile(file).catch((cause: unknown) => {
    throw refuse(messageOf(cause), cause);
  });
  const lines = bytes
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim());
  const filled = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const [first] = filled;
  if (first === undefined) throw refuse('is empty');
  if (!first.includes('://')) {
    if (filled.length > 1)
      throw refuse('holds more than one line: either a token alone, or lines like https://user:token@host');
    if (/\s/.test(first)) throw refuse('holds a token with a space in it');
    return { user: TOKEN_USER, secret: first };
  }
  for (const line of filled) {
    const url = URL.canParse(line) ? new URL(line) : undefined;
    if (url?.protocol !== `${remote.scheme}:` || url.host !== remote.authority) continue;
    if (url.password === '') continue;
    const user = decodeURIComponent(url.username);
    return { user: user === '' ? TOKEN_USER : user, secret: decodeURIComponent(url.password) };
  }
  throw refuse(`has nothing for ${remote.scheme}://${remote.authority}`);
}
