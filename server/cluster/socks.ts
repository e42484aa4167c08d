import type { Socket } from 'node:net';
import { SocksClient } from 'socks';
import { buildConnector } from 'undici';
import { messageOf } from '../lib/errors.ts';
import { hostOf } from './proxy.ts';

/**
 * A connection to the host of `url` by way of a SOCKS 5 proxy, which resolves the name, as with kubectl: the names of a
 * network behind a bastion are often known there alone. Rejects without the credentials that the proxy's address may hold.
 */
export function connectBySocks(proxy: string, url: URL, timeoutMs: number): Promise<Socket> {
  const { hostname, port, username, password } = new URL(proxy);
  const opening = SocksClient.createConnection({
    command: 'connect',
    proxy: {
      host: hostOf(hostname),
      port: port === '' ? 1080 : Number(port),
      type: 5,
      ...(username !== '' && { userId: decodeURIComponent(username), password: decodeURIComponent(password) }),
    },
    destination: { host: hostOf(url.hostname), port: portOf(url) },
    timeout: timeoutMs,
  });
  return opening.then(
    ({ socket }) => socket,
    (error: unknown) => {
      // Never as a cause: the library's error holds its options, and with them the password.
      throw new Error(`the SOCKS proxy ${hostOf(hostname)}: ${messageOf(error)}`);
    },
  );
}

/** What makes undici's connections to `server`, with its own TLS in the tunnel. */
export function socksConnector(
  proxy: string,
  server: string,
  options: buildConnector.BuildOptions & { readonly timeout: number },
): buildConnector.connector {
  const secure = buildConnector(options);
  const url = new URL(server);
  return (wanted, callback) => {
    connectBySocks(proxy, url, options.timeout).then(
      (socket) => {
        if (url.protocol === 'https:') secure({ ...wanted, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error(String(error)), null),
    );
  };
}

function portOf({ port, protocol }: URL): number {
  if (port !== '') return Number(port);
  return protocol === 'http:' || protocol === 'ws:' ? 80 : 443;
}
