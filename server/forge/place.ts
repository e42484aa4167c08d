import { ClaworcError } from '../lib/errors.ts';

export type ForgeKind = 'github' | 'gitlab' | 'gitea';

export const FORGE_KINDS: readonly ForgeKind[] = ['github', 'gitlab', 'gitea'];

/** A repository on a forge, and where its API is. */
export interface ForgePlace {
  readonly kind: ForgeKind;
  /** Where the API begins, without a slash at the end. */
  readonly api: string;
  /** Path of the repository there: `owner/name`; of GitLab also `group/subgroup/name`. */
  readonly repository: string;
  /** For people: `github.com/owner/name`. */
  readonly title: string;
}

/** What is known of the remote: the parts of its URL. */
export interface RemotePlace {
  readonly scheme: 'https' | 'http' | 'ssh' | 'file';
  readonly host: string;
  /** With its port, perhaps with a user before it. */
  readonly authority: string;
  readonly path: string;
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const SEGMENT = /^[A-Za-z0-9_.-]+$/;

/**
 * The forge that a remote lies on: github.com and gitlab.com by their names, any other by `kind`, at the remote's own
 * host unless `url` names another address. Throws `usage` where that can't be told.
 */
export function forgePlace(
  remote: RemotePlace,
  named: { readonly kind?: ForgeKind; readonly url?: string },
): ForgePlace {
  if (remote.scheme === 'file' && named.url === undefined) {
    throw refuse('A remote that is a folder lies on no forge.');
  }
  const kind = named.kind ?? kindOf(remote.host);
  if (kind === undefined) {
    throw refuse(
      `It can't be told which forge ${remote.host} is: say --forge github, --forge gitlab or --forge gitea.`,
    );
  }
  const web = named.url === undefined ? webOf(remote) : webAddress(named.url);
  const repository = repositoryAt(remote, web);
  const parts = repository.split('/');
  const fits = kind === 'gitlab' ? parts.length >= 2 : parts.length === 2;
  if (!fits || !parts.every((each) => SEGMENT.test(each) && each !== '.' && each !== '..')) {
    throw refuse(`${remote.path.slice(0, 200)} is no path of a repository on ${kind}: it has the form owner/name.`);
  }
  return { kind, api: apiOf(kind, web), repository, title: `${web.host}/${repository}` };
}

function kindOf(host: string): ForgeKind | undefined {
  if (host === 'github.com' || host === 'ssh.github.com') return 'github';
  if (host === 'gitlab.com' || host === 'altssh.gitlab.com') return 'gitlab';
  if (host === 'codeberg.org' || host === 'gitea.com') return 'gitea';
  return undefined;
}

function webOf({ scheme, host, authority }: RemotePlace): URL {
  if (host === 'ssh.github.com') return new URL('https://github.com');
  if (host === 'altssh.gitlab.com') return new URL('https://gitlab.com');
  // The port of ssh says nothing about that of https.
  return new URL(scheme === 'ssh' ? `https://${host}` : `${scheme}://${authority}`);
}

function webAddress(text: string): URL {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw refuse('--forge-url is the address of the forge, such as https://git.example.com.');
  }
  if (url.username !== '' || url.password !== '') {
    throw refuse('--forge-url: a token must not stand in the URL; name a file with --forge-token-file.');
  }
  if (url.search !== '' || url.hash !== '') throw refuse('--forge-url has no ? and no #.');
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) {
    throw refuse('--forge-url: over plain http whoever is between could read the token; use https.');
  }
  return url;
}

/** A forge may live below a path of its host; over http that path stands before the repository's. */
function repositoryAt(remote: RemotePlace, web: URL): string {
  const prefix = web.pathname.replace(/^\/+|\/+$/g, '');
  const isBelow = prefix !== '' && remote.scheme !== 'ssh' && remote.path.startsWith(`${prefix}/`);
  return isBelow ? remote.path.slice(prefix.length + 1) : remote.path;
}

function apiOf(kind: ForgeKind, web: URL): string {
  if (web.host === 'github.com') return 'https://api.github.com';
  const top = web.href.replace(/\/+$/, '');
  return `${top}/api/${{ github: 'v3', gitlab: 'v4', gitea: 'v1' }[kind]}`;
}

function refuse(message: string): ClaworcError {
  return new ClaworcError('usage', message, { field: 'forge' });
}
