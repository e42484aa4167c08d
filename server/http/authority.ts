import { isIPv4, isIPv6 } from 'node:net';

const AUTHORITY = /^(\[[0-9a-f:.]+\]|[^[\]:@/?#\s]+)(?::(\d{0,5}))?$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * One spelling of `host[:port]`: lower case, no dot at the end of the name, IPv6 in its short form. The port stays as it
 * is said or left out. Undefined for what is no host.
 */
export function canonicalAuthority(text: string): string | undefined {
  const [, name = '', port] = AUTHORITY.exec(text.toLowerCase()) ?? [];
  const host = name.startsWith('[') ? canonicalIPv6(name.slice(1, -1)) : name.replace(/\.$/, '');
  if (host === undefined || host === '') return undefined;
  return port === undefined || port === '' ? host : `${host}:${Number(port)}`;
}

/** The authority of a URL of ours in every spelling that means it: the scheme's own port may be said or left out. */
export function authoritiesOf(url: URL): readonly string[] {
  const plain = canonicalAuthority(url.host);
  const port = url.port === '' ? DEFAULT_PORTS[url.protocol] : undefined;
  if (plain === undefined) return [];
  return port === undefined ? [plain] : [plain, `${plain}:${port}`];
}

/** True for an address of digits, with or without a port: no name, which somebody's name server may point anywhere. */
export function isAddress(host: string | undefined): boolean {
  const authority = canonicalAuthority(host ?? '');
  if (authority === undefined) return false;
  return authority.startsWith('[') || isIPv4(authority.replace(/:\d+$/, ''));
}

/** One spelling of an `Origin`, or undefined where it is none of http (`null`, an extension's). */
export function canonicalOrigin(text: string): string | undefined {
  const [, scheme = '', rest = ''] = /^(https?:)\/\/([^/]+)$/.exec(text.toLowerCase()) ?? [];
  const authority = canonicalAuthority(rest);
  if (authority === undefined) return undefined;
  const port = `:${DEFAULT_PORTS[scheme] ?? ''}`;
  return `${scheme}//${authority.endsWith(port) ? authority.slice(0, -port.length) : authority}`;
}

/** The authority of a request target in absolute form (`GET http://host/path`); undefined for any other form. */
export function authorityOfTarget(target: string): string | undefined {
  return /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1];
}

function canonicalIPv6(address: string): string | undefined {
  return isIPv6(address) ? new URL(`http://[${address}]`).hostname : undefined;
}
