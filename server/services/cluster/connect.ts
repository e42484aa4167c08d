import { createApi } from '../../cluster/api.ts';
import { createApiMetrics } from '../../cluster/api-metrics.ts';
import {
  checkConnection,
  loadConnection,
  type ClusterConnection,
  type ConnectionOptions,
} from '../../cluster/connection.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { createReconciler } from '../../reconcile/loop/create-reconciler.ts';
import { createLoopMetrics } from '../../reconcile/loop/loop-metrics.ts';
import type { SteerRollout } from '../../reconcile/plan/rollout/steer-rollout.ts';
import type { ApprovalOf } from '../../reconcile/loop/reconciler.ts';
import { openKey } from '../../secrets/open-key.ts';
import { readAccepted, rememberAccepted } from './accepted-cluster.ts';
import type { ClusterLoop, ClusterParts } from '../open-app-context.ts';
import { logConnection } from './log-connection.ts';
import { createReadOnlyObserved } from './read-only-observed.ts';

/** Which cluster a person named, if any. */
export interface ClusterChoice {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** True where a cluster is used without asking: it was named, or this process runs in it. */
export function isClusterNamed({ kubeconfig, context, env }: ClusterChoice): boolean {
  return kubeconfig !== undefined || context !== undefined || isInCluster({ env });
}

function isInCluster({ env }: Pick<ClusterChoice, 'env'>): boolean {
  return env.KUBERNETES_SERVICE_HOST !== undefined;
}

/**
 * The way to the cluster of `start`. One that was named is used; else the one that kubectl would use is offered, and
 * used once a person accepted it: this very cluster, told by the UID of kube-system. With neither, nothing is applied.
 * A process that may not write only looks; without an identity, units whose keys have to be opened are held. Throws `usage` for a named cluster that the kubeconfig lacks.
 */
export function clusterConnector(choice: ClusterChoice): (parts: ClusterParts) => Promise<ClusterLoop> {
  return async (parts) => {
    const { store, repository, snapshots, renderings, identity, mayWrite, metrics, version, log, clock } = parts;
    const isNamed = isClusterNamed(choice);
    const connection = isNamed ? await connectNamed(choice) : await findOffer(choice);
    const api = connection === null ? null : createApi(connection, { listener: createApiMetrics(metrics) });
    const reconciler = createReconciler({
      api,
      source: repository,
      snapshots,
      renderings,
      version,
      ...(identity === null ? {} : { open: (text, place) => openKey(text, identity, place) }),
      listener: createLoopMetrics(metrics),
      recordsEvents: true,
      log,
      clock,
      admit: (id) => mayWrite && (isNamed || (id !== null && id === readAccepted(store.reader))),
    });
    return {
      observed: mayWrite ? reconciler.observed : createReadOnlyObserved(reconciler.observed),
      connection,
      api,
      figures: reconciler.figures,
      inCluster: isInCluster(choice) && choice.kubeconfig === undefined && choice.context === undefined,
      accept: () => {
        reconciler.accept();
        rememberAccepted(store, reconciler.observed.connection().identity);
      },
      goOn: (unit) => reconciler.goOn(unit),
      approveRemovals: (asked) => (mayWrite ? reconciler.approveRemovals(asked) : Promise.reject(onlyLooks(asked))),
      steerRollout: (asked) => (mayWrite ? reconciler.steerRollout(asked) : Promise.reject(neverSteers(asked))),
      acceptRewind: (asked) => (mayWrite ? reconciler.acceptRewind(asked) : Promise.reject(neverWrites())),
      reconcileNow: () => reconciler.reconcileNow(),
      run: async (signal) => {
        const unsubscribe = logConnection(reconciler.observed, log);
        await reconciler.run(signal);
        unsubscribe();
        await api?.http.close();
      },
    };
  };
}

function onlyLooks({ commit, hash }: ApprovalOf): ClaworcError {
  const way = `run \`claworc approve ${commit} ${hash}\` with an account that may patch configmaps`;
  return new ClaworcError('forbidden', `This server never writes to the cluster, so it can't approve: ${way}.`);
}

function neverSteers({ action }: SteerRollout): ClaworcError {
  const way = `run \`claworc rollout ${action}\` with an account that may patch configmaps`;
  return new ClaworcError('forbidden', `This server never writes to the cluster, so it can't steer a rollout: ${way}.`);
}

function neverWrites(): ClaworcError {
  const way =
    'accept it on the server that applies, or run `claworc apply --allow-older` with an account that may patch configmaps';
  return new ClaworcError('forbidden', `This server never writes to the cluster: ${way}.`);
}

/**
 * Throws `usage` for a named cluster that no kubeconfig leads to; to be asked before anything is made on disk, so that a
 * typing error leaves nothing behind. Contacts no API server.
 */
export async function checkNamedCluster(choice: ClusterChoice): Promise<void> {
  if (isClusterNamed(choice)) await connectNamed(choice);
}

/** The part of `checkNamedCluster` that is over at once: no credential plugin runs. */
export async function checkNamedKubeconfig(choice: ClusterChoice): Promise<void> {
  if (choice.kubeconfig !== undefined || choice.context !== undefined) await checkConnection(optionsFor(choice));
}

function connectNamed(choice: ClusterChoice): Promise<ClusterConnection> {
  return loadConnection(optionsFor(choice));
}

function optionsFor({ kubeconfig, context, env }: ClusterChoice): ConnectionOptions {
  const isNamedByFile = kubeconfig !== undefined || context !== undefined;
  return {
    env,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
    ...(isNamedByFile ? {} : { inCluster: true }),
  };
}

/** What kubectl would use here, or null. Whatever is wrong with it is no reason not to start. */
async function findOffer({ env }: ClusterChoice): Promise<ClusterConnection | null> {
  try {
    return await loadConnection({ env, conventions: 'kubectl' });
  } catch (error) {
    if (error instanceof ClaworcError) return null;
    throw error;
  }
}
