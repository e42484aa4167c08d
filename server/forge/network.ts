import { rootCertificates } from 'node:tls';
import { EnvHttpProxyAgent } from 'undici';
import type { Clock } from '../lib/clock.ts';
import type { ForgeNetwork } from './exchange.ts';

export interface NetworkOptions {
  /** Proxies are taken from it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Certificates that the forge may show beside the machine's, as PEM. */
  readonly ca?: string;
  readonly clock: Clock;
  readonly onWait: ForgeNetwork['onWait'];
}

/** Connections to forges, through the machine's proxy but for loopback. */
export function openNetwork({ environment, ca, clock, onWait }: NetworkOptions): ForgeNetwork & AsyncDisposable {
  const read = (name: string): string => environment[name] ?? environment[name.toLowerCase()] ?? '';
  const dispatcher = new EnvHttpProxyAgent({
    // Empty texts: what is missing would be read from the process.
    httpProxy: read('HTTP_PROXY'),
    httpsProxy: read('HTTPS_PROXY'),
    noProxy: ['localhost', '127.0.0.1', '[::1]', read('NO_PROXY')].filter((each) => each !== '').join(','),
    ...(ca === undefined
      ? {}
      : { connect: { ca: [...rootCertificates, ca] }, requestTls: { ca: [...rootCertificates, ca] } }),
  });
  return { dispatcher, clock, onWait, [Symbol.asyncDispose]: () => dispatcher.close() };
}
