import { isIPv6 } from 'node:net';
import { authoritiesOf, canonicalOrigin } from './authority.ts';
import type { Doors } from './gate.ts';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'] as const;
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** True where nobody but this machine can connect, so that no login is needed. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/**
 * The hosts and origins that belong to a listening server: the names of this machine, the address it listens on, and
 * the address people type when that is another one (`publicUrl`, behind a proxy). Never taken from a request.
 */
export function doorsOf(host: string, port: number, publicUrl?: string): Doors {
  const names = new Set<string>(LOOPBACK);
  if (!ANY_ADDRESS.has(host)) names.add(isIPv6(host) ? `[${host}]` : host.toLowerCase());
  const urls = [...names].map((name) => new URL(`http://${name}:${port}`));
  if (publicUrl !== undefined) urls.push(new URL(publicUrl));
  return {
    hosts: new Set(urls.flatMap(authoritiesOf)),
    origins: new Set(urls.flatMap(({ origin }) => canonicalOrigin(origin) ?? [])),
  };
}
