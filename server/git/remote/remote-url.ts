import { ClaworcError } from '../../lib/errors.ts';

export type RemoteScheme = 'https' | 'http' | 'ssh' | 'file';

/** Where main lives, without anything that opens it. */
export interface RemoteUrl {
  /** What git is given. */
  readonly url: string;
  readonly scheme: RemoteScheme;
  /** Lower case, without port; empty for a folder. */
  readonly host: string;
  /** `host:port` as in the URL, which is how a credential helper is asked for it; empty for a folder. */
  readonly authority: string;
  /** Path on the host, without slashes around it and without `.git`; two spellings of one repository have the same. */
  readonly path: string;
}

// eslint-disable-next-line no-control-regex -- a line end in it would be a second line for a credential helper
const UNSAFE = /[\u0000-\u0020\u007f]/;
const SCP_LIKE = /^(?:([A-Za-z0-9._-]+)@)?([A-Za-z0-9.-]+|\[[0-9a-fA-F:]+\]):(?!\/\/|:)(.+)$/;
const SSH_HOST = /^([A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9a-fA-F:]+\])$/;
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Reads a remote as git knows them: `https://`, `ssh://`, `git@host:path`, `file://` and a folder. Throws `usage` for
 * what can't be one, for a URL with a password in it (it would stand in every process list), and for plain http to
 * another machine, over which whoever is between could change main.
 */
export function parseRemoteUrl(text: string): RemoteUrl {
  if (text === '' || text.startsWith('-') || UNSAFE.test(text)) throw refuse('That is no address of a repository.');
  if (text.startsWith('/')) return folder(text);
  const scp = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? null : SCP_LIKE.exec(text);
  if (scp !== null) {
    const [, user, host = '', path = ''] = scp;
    if (host.startsWith('-') || user?.startsWith('-') === true || !isPlainPath(path))
      throw refuse('That is no address of a repository.');
    return { url: text, scheme: 'ssh', host: host.toLowerCase(), authority: withUser(user, host), path: tidy(path) };
  }
  const url = parse(text);
  const scheme = url.protocol.slice(0, -1);
  if (scheme === 'file') return folder(decoded(url.pathname));
  if (scheme !== 'https' && scheme !== 'http' && scheme !== 'ssh') {
    throw refuse(`A remote is reached over https or ssh, not over ${scheme}.`);
  }
  if (url.password !== '') {
    throw refuse('The password or token must not stand in the URL: name a file with --remote-credentials.');
  }
  if (scheme !== 'ssh' && url.username !== '') {
    throw refuse('The user must not stand in the URL: it belongs into the file that --remote-credentials names.');
  }
  if (url.search !== '' || url.hash !== '') throw refuse('The URL of a repository has no ? and no #.');
  if (url.hostname.startsWith('-') || tidy(url.pathname) === '') throw refuse('The URL names no repository.');
  if (scheme === 'http' && !LOOPBACK.test(url.hostname)) {
    throw refuse('Over plain http whoever is between could change main and read the token: use https or ssh.');
  }
  const user = url.username === '' ? undefined : decoded(url.username);
  if (user !== undefined && !/^[A-Za-z0-9._][A-Za-z0-9._-]*$/.test(user)) throw refuse('That user name is none.');
  if (scheme === 'ssh') {
    // git reads what stands behind % before ssh gets it.
    if (!SSH_HOST.test(url.hostname)) throw refuse('That host name is none.');
    if (!isPlainPath(decoded(url.pathname))) throw refuse('That is no address of a repository.');
  }
  return {
    url: `${url.protocol}//${user === undefined ? '' : `${user}@`}${url.host}${url.pathname.replace(/\/+$/, '')}`,
    scheme,
    host: url.hostname.toLowerCase(),
    authority: withUser(user, url.host),
    path: tidy(url.pathname),
  };
}

/** Whether both are the same repository, however they are spelled. */
export function isSameRemote(a: RemoteUrl, b: RemoteUrl): boolean {
  return a.host === b.host && a.path === b.path && portOf(a) === portOf(b);
}

function portOf({ authority, scheme }: RemoteUrl): string {
  const standard = { https: '443', http: '80', ssh: '22', file: '' }[scheme];
  // The same host gives one repository over https and over ssh, on their own ports.
  const port = /:(\d+)$/.exec(authority)?.[1] ?? standard;
  return port === standard ? 'standard' : port;
}

/** A program at the other end could take a first dash for an option. */
function isPlainPath(path: string): boolean {
  return !UNSAFE.test(path) && !tidy(path).startsWith('-');
}

/** Throws `usage` for a % that stands for nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw refuse('That is no address of a repository.', cause);
  }
}

function parse(text: string): URL {
  try {
    return new URL(text);
  } catch (cause) {
    throw refuse('That is no address of a repository.', cause);
  }
}

function folder(path: string): RemoteUrl {
  return { url: path, scheme: 'file', host: '', authority: '', path: path.replace(/(.)\/+$/, '$1') };
}

function withUser(user: string | undefined, host: string): string {
  return user === undefined ? host : `${user}@${host}`;
}

function tidy(path: string): string {
  return path
    .replace(/^\/+|\/+$/g, '')
    .replace(/\.git$/, '')
    .replace(/\/+$/, '');
}

/** Without the text itself: it may hold the password that is the trouble. */
function refuse(message: string, cause?: unknown): ClaworcError {
  return new ClaworcError('usage', `--remote: ${message}`, {
    field: 'remote',
    ...(cause === undefined ? {} : { cause }),
  });
}
