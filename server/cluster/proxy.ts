import { BlockList, isIP } from 'node:net';
import { ClaworcError } from '../lib/errors.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy on the way to an API server as kubectl chooses it, or null: the cluster's `proxy-url`, else HTTPS_PROXY (for
 * `http:` servers HTTP_PROXY) unless NO_PROXY names the server or it is on loopback. Throws `usage` for a kind of proxy
 * that can't be used; never with the credentials that its address may hold.
 */
export function chooseProxy(server: string, proxyUrl: string | undefined, env: Environment): string | null {
  const url = new URL(server);
  if (proxyUrl !== undefined && proxyUrl !== '') return checkProxy(proxyUrl, 'proxy-url');
  const name = url.protocol === 'http:' ? 'HTTP_PROXY' : 'HTTPS_PROXY';
  const named = readEither(env, name);
  if (named === undefined || isLoopback(url.hostname)) return null;
  if (isExcepted(url, readEither(env, 'NO_PROXY') ?? '')) return null;
  return checkProxy(named, name);
}

function readEither(env: Environment, name: string): string | undefined {
  const value = env[name] ?? env[name.toLowerCase()];
  return value === '' ? undefined : value;
}

function checkProxy(text: string, where: string): string {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null) throw new ClaworcError('usage', `${where} is not the address of a proxy`);
  if (url.protocol === 'http:' || url.protocol === 'https:' || isSocks(url.href)) return url.href;
  const kind = url.protocol.slice(0, -1);
  throw new ClaworcError(
    'usage',
    `${where} names a ${kind} proxy (${url.host}), which Claworc can't use: name an http, https or socks5 proxy`,
  );
}

/** True for the address of a proxy that speaks SOCKS 5. */
export function isSocks(proxy: string): boolean {
  return /^socks5h?:/.test(proxy);
}

/** The name or address in a URL's host: an IPv6 address without its brackets. */
export function hostOf(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}

function isLoopback(hostname: string): boolean {
  const host = hostOf(hostname);
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/** NO_PROXY as Go reads it: `*`, a domain with all below it, `.domain` for those below alone, an address, a CIDR, each with an optional port. */
function isExcepted(url: URL, list: string): boolean {
  const host = hostOf(url.hostname).toLowerCase();
  const port = url.port === '' ? (url.protocol === 'http:' ? '80' : '443') : url.port;
  return list
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '')
    .some((entry) => matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  const [, address = '', bits] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  if (bits !== undefined) return isInside(host, address, Number(bits));
  const [, name = entry, wanted] = /^(.*[^:]|\[.*\]):(\d+)$/.exec(isIP(entry) === 6 ? '' : entry) ?? [];
  if (wanted !== undefined && wanted !== port) return false;
  const plain = hostOf(name);
  if (isIP(host) !== 0) return plain === host;
  if (plain.startsWith('*.') || plain.startsWith('.')) return host.endsWith(plain.replace(/^\*/, ''));
  return host === plain || host.endsWith(`.${plain}`);
}

function isInside(host: string, address: string, bits: number): boolean {
  const family = isIP(address);
  if (family === 0 || isIP(host) !== family || bits > (family === 4 ? 32 : 128)) return false;
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(address, bits, kind);
  return block.check(host, kind);
}
