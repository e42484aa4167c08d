import type { RequestOptions } from 'node:https';
import type { User } from '@kubernetes/client-node/dist/config_types.js';
import { ExecAuth } from '@kubernetes/client-node/dist/exec_auth.js';
import { FileAuth } from '@kubernetes/client-node/dist/file_auth.js';
import { messageOf } from '../lib/errors.ts';
import { readSmallFile } from '../lib/small-file.ts';
import { spawnPlugin } from './credential-plugin.ts';
import type { ClusterTarget } from './cluster-target.ts';

/** What a TLS socket to the API server needs; undefined members are left out. */
export interface ClusterTls {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly servername?: string;
  readonly rejectUnauthorized?: boolean;
}

/** A list is sent as that many lines. */
export type ClusterHeaders = Readonly<Record<string, string | string[]>>;

export interface Credentials {
  readonly tls: ClusterTls;
  readonly headers: ClusterHeaders;
}

/** What client-node's authenticators write to. */
interface Answer extends RequestOptions {
  readonly headers: Record<string, string>;
}

/**
 * Reads the credentials of a target each time it is called: files anew, tokens of a credential plugin when they have
 * expired. Rejects when there are none to be had.
 */
export function createCredentials(target: ClusterTarget): () => Promise<Credentials> {
  const { cluster, user, extras } = target;
  const authenticate = authenticatorOf(target);
  return async () => {
    if (cluster.server.startsWith('http:') && !cluster.skipTLSVerify && !cluster.proxyUrl) {
      throw new Error('an http: address is taken only with insecure-skip-tls-verify');
    }
    const answer: Answer = { headers: {} };
    await authenticate(user, answer);
    const headers: Record<string, string | string[]> = {};
    for (const [name, value] of Object.entries(answer.headers)) headers[name] = value.trim();
    if (user.token) headers.Authorization = `Bearer ${user.token.trim()}`;
    if (user.username) headers.Authorization = basic(user.username, user.password);
    if (extras.tokenFile !== undefined) {
      headers.Authorization = `Bearer ${(await readNamed(extras.tokenFile)).toString('utf8').trim()}`;
    }
    if (user.impersonateUser) headers['Impersonate-User'] = user.impersonateUser;
    Object.assign(headers, extras.impersonation);
    const [ca, cert, key] = await Promise.all([
      readData(cluster.caFile, cluster.caData),
      textOf(answer.cert) ?? readData(user.certFile, user.certData),
      textOf(answer.key) ?? readData(user.keyFile, user.keyData),
    ]);
    return {
      headers,
      tls: {
        ...(ca !== undefined && { ca }),
        ...(cert !== undefined && { cert }),
        ...(key !== undefined && { key }),
        ...(cluster.tlsServerName && { servername: cluster.tlsServerName }),
        ...(cluster.skipTLSVerify && { rejectUnauthorized: false }),
      },
    };
  };
}

/** A bundle of certificates of a company. */
const MAX_BYTES = 4 * 1024 * 1024;

type Authenticate = (user: User, answer: Answer) => Promise<void>;

/**
 * The parts of client-node that a user needs, and no more: all of it takes a third of a second and 60 MB to load. Its
 * authenticators keep tokens until they expire.
 */
function authenticatorOf({ user, ...target }: ClusterTarget): Authenticate {
  const files = new FileAuth();
  if (files.isAuthProvider(user)) return (asked, answer) => files.applyAuthentication(asked, answer);
  if (user.authProvider) return authProvider({ user, ...target });
  // Its own way to start a plugin waits for it without end.
  const plugin = new ExecAuth();
  Object.assign(plugin, { execFn: spawnPlugin });
  if (plugin.isAuthProvider(user)) return (asked, answer) => plugin.applyAuthentication(asked, answer);
  return () => Promise.resolve();
}

/** The `auth-provider` of older kubeconfigs: OIDC, Azure, Google. */
function authProvider({ context, cluster, user }: ClusterTarget): Authenticate {
  const names = { name: context, cluster: cluster.name, user: user.name };
  let config: Promise<{ applyToHTTPSOptions(answer: RequestOptions): Promise<void> }> | undefined;
  return async (_, answer) => {
    config ??= import('@kubernetes/client-node').then(({ KubeConfig }) => {
      const made = new KubeConfig();
      made.loadFromOptions({ clusters: [cluster], users: [user], contexts: [names], currentContext: context });
      return made;
    });
    await (await config).applyToHTTPSOptions(answer);
  };
}

const basic = (name: string, password = ''): string => `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

/** A token or certificate that the kubeconfig names. */
async function readNamed(file: string): Promise<Buffer> {
  return readSmallFile(file, { most: MAX_BYTES }).catch((cause: unknown) => {
    throw new Error(`${file} ${messageOf(cause)}`, { cause });
  });
}

async function readData(file: string | undefined, data: string | undefined): Promise<Buffer | undefined> {
  if (file) return readNamed(file);
  return data ? Buffer.from(data, 'base64') : undefined;
}

/** What a plugin gives is one text. */
function textOf(given: RequestOptions['cert'] | RequestOptions['key']): string | Buffer | undefined {
  return typeof given === 'string' || Buffer.isBuffer(given) ? given : undefined;
}
