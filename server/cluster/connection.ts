import type { ClientRequestArgs } from 'node:http';
import { access, readFile } from 'node:fs/promises';
import type { KubeConfig } from '@kubernetes/client-node';
import { systemClock, type Clock } from '../lib/clock.ts';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import { chooseProxy } from './proxy.ts';
import { readKubeconfigs, type UserExtras } from './kubeconfig.ts';

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

/** Where an API server is and how to speak to it. Holds no socket. */
export interface ClusterConnection {
  readonly context: string;
  /** URL without a slash at the end; may have a path. */
  readonly server: string;
  /** The namespace that the context names, for messages only: Claworc's namespace comes from claworc.yaml. */
  readonly namespace: string | null;
  /** URL of the HTTP or SOCKS proxy that everything goes through, with its credentials: never to be shown. */
  readonly proxy?: string | null;
  /** True where a header is a list (several groups to impersonate), for which HTTP/2 in undici has no form but one value. */
  readonly hasHeaderLists?: boolean;
  /** As of the last `headers()` or `renew()`. */
  readonly tls: ClusterTls;
  /** Authorization and impersonation, fresh within 30 s. Throws `cluster_unreachable` when there never were credentials. */
  headers(): Promise<ClusterHeaders>;
  /** Forgets cached credentials and reads the kubeconfig again; to be called once after a 401. */
  renew(): Promise<void>;
}

export interface ConnectionOptions {
  /** A kubeconfig file, or several joined by the path delimiter, as in KUBECONFIG. */
  readonly kubeconfig?: string;
  /** @default the kubeconfig's current context */
  readonly context?: string;
  /** Use the pod's service account. */
  readonly inCluster?: boolean;
  /**
   * `kubectl`: with no kubeconfig named follow KUBECONFIG, then ~/.kube/config, then the pod's service account. For
   * one-shot commands that a person types, never for something that runs by itself.
   */
  readonly conventions?: 'kubectl';
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
}

interface Loaded {
  readonly config: KubeConfig;
  readonly extras: ReadonlyMap<string, UserExtras>;
}

const FRESH_FOR_MS = 30_000;
const SERVICE_ACCOUNT_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/**
 * Reads credentials for one cluster. Throws `usage` when none is named, the file can't be read or the context isn't in
 * it (naming those that are), `cluster_unreachable` when a credential plugin fails. Contacts no API server.
 */
export async function loadConnection(options: ConnectionOptions): Promise<ClusterConnection> {
  const clock = options.clock ?? systemClock;
  const load = await chooseLoader(options);
  let loaded = await load();
  let fresh: { readonly headers: ClusterHeaders; readonly until: number } | undefined;
  let pending: Promise<void> | undefined;
  const { context, server, namespace, proxy } = describeTarget(loaded.config, options.env ?? process.env);
  let tls: ClusterTls = {};

  const refresh = async (): Promise<void> => {
    try {
      const credentials = await readCredentials(loaded);
      tls = credentials.tls;
      fresh = { headers: credentials.headers, until: clock.now() + FRESH_FOR_MS };
    } catch (error) {
      // A token file that is briefly missing during rotation must not break a working connection.
      if (fresh !== undefined) fresh = { headers: fresh.headers, until: clock.now() + 1_000 };
      else {
        throw new ClaworcError(
          'cluster_unreachable',
          `the credentials of context ${context} can't be read: ${messageOf(error)}`,
          {
            subject: context,
            retryable: true,
            cause: error,
          },
        );
      }
    }
  };
  const refreshOnce = (): Promise<void> => (pending ??= refresh().finally(() => (pending = undefined)));
  await refreshOnce();

  return {
    context,
    server,
    namespace,
    proxy,
    get hasHeaderLists() {
      return Object.values(fresh?.headers ?? {}).some((value) => Array.isArray(value) && value.length > 1);
    },
    get tls() {
      return tls;
    },
    async headers() {
      if (fresh === undefined || fresh.until <= clock.now()) await refreshOnce();
      return fresh?.headers ?? {};
    },
    async renew() {
      loaded = await load();
      fresh = undefined;
      await refreshOnce();
    },
  };
}

async function chooseLoader(options: ConnectionOptions): Promise<() => Promise<Loaded>> {
  const env = options.env ?? process.env;
  const { context } = options;
  if (options.inCluster === true) return () => loadInCluster(env);
  const named = options.kubeconfig ?? (options.conventions === 'kubectl' ? env.KUBECONFIG : undefined);
  if (named !== undefined && named !== '') return () => readKubeconfigs(named, context);
  const home = env.HOME;
  const usual = home === undefined ? undefined : `${home}/.kube/config`;
  if (
    usual !== undefined &&
    (options.conventions === 'kubectl' || context !== undefined) &&
    (await isReadable(usual))
  ) {
    return () => readKubeconfigs(usual, context);
  }
  if (options.conventions === 'kubectl' && (await isReadable(SERVICE_ACCOUNT_TOKEN))) return () => loadInCluster(env);
  throw new ClaworcError('usage', 'no cluster is named: give --kubeconfig FILE, --context NAME, or both');
}

async function loadInCluster(env: Readonly<Record<string, string | undefined>>): Promise<Loaded> {
  if (env.KUBERNETES_SERVICE_HOST === undefined || !(await isReadable(SERVICE_ACCOUNT_TOKEN))) {
    throw new ClaworcError(
      'usage',
      'this process does not run in a pod with a service account: name a kubeconfig instead',
    );
  }
  const { KubeConfig } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromCluster();
  return { config, extras: new Map() };
}

function describeTarget(
  config: KubeConfig,
  env: Readonly<Record<string, string | undefined>>,
): { context: string; server: string; namespace: string | null; proxy: string | null } {
  const context = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new ClaworcError('usage', `context ${context} names a cluster that the kubeconfig lacks`, {
      subject: context,
    });
  }
  const namespace = config.getContextObject(context)?.namespace ?? null;
  const server = cluster.server.replace(/\/+$/, '');
  return { context, server, namespace, proxy: chooseProxy(server, cluster.proxyUrl, env) };
}

async function readCredentials({ config, extras }: Loaded): Promise<{ tls: ClusterTls; headers: ClusterHeaders }> {
  const options: ClientRequestArgs & {
    ca?: Buffer;
    cert?: Buffer | string;
    key?: Buffer | string;
    rejectUnauthorized?: boolean;
    servername?: string;
  } = {};
  await config.applyToHTTPSOptions(options);
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === 'string') headers[name] = value.trim();
  }
  if (typeof options.auth === 'string') headers.Authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  const extra = extras.get(config.getCurrentUser()?.name ?? '');
  if (extra?.tokenFile !== undefined) {
    headers.Authorization = `Bearer ${(await readFile(extra.tokenFile, 'utf8')).trim()}`;
  }
  Object.assign(headers, extra?.impersonation);
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  return {
    headers,
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
  };
}

const isReadable = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
