import { access } from 'node:fs/promises';
import { systemClock, type Clock } from '../lib/clock.ts';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import type { ClusterTarget } from './cluster-target.ts';
import { createCredentials, type ClusterHeaders, type ClusterTls } from './credentials.ts';
import { hasServiceAccount, readInCluster } from './in-cluster.ts';
import { readKubeconfigs } from './kubeconfig.ts';
import { chooseProxy } from './proxy.ts';

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

const FRESH_FOR_MS = 30_000;

/**
 * Reads credentials for one cluster. Throws `usage` when none is named, the file can't be read or the context isn't in
 * it (naming those that are), `cluster_unreachable` when a credential plugin fails. Contacts no API server.
 */
export async function loadConnection(options: ConnectionOptions): Promise<ClusterConnection> {
  const clock = options.clock ?? systemClock;
  const load = await chooseLoader(options);
  const target = await load();
  let readCredentials = createCredentials(target);
  let fresh: { readonly headers: ClusterHeaders; readonly until: number } | undefined;
  let pending: Promise<void> | undefined;
  const { context, namespace, cluster } = target;
  const server = cluster.server.replace(/\/+$/, '');
  const proxy = chooseProxy(server, cluster.proxyUrl, options.env ?? process.env);
  let tls: ClusterTls = {};

  const refresh = async (): Promise<void> => {
    try {
      const credentials = await readCredentials();
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
      readCredentials = createCredentials(await load());
      fresh = undefined;
      await refreshOnce();
    },
  };
}

/** Throws `usage` as `loadConnection` does, without running a credential plugin or reading what a kubeconfig names. */
export async function checkConnection(options: ConnectionOptions): Promise<void> {
  await (
    await chooseLoader(options)
  )();
}

async function chooseLoader(options: ConnectionOptions): Promise<() => Promise<ClusterTarget>> {
  const env = options.env ?? process.env;
  const { context } = options;
  if (options.inCluster === true) return () => readInCluster(env);
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
  if (options.conventions === 'kubectl' && (await hasServiceAccount())) return () => readInCluster(env);
  throw new ClaworcError('usage', 'no cluster is named: give --kubeconfig FILE, --context NAME, or both');
}

const isReadable = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
