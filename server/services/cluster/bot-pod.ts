import type { ClusterConnection } from '../../cluster/connection.ts';
import { PODS } from '../../cluster/resources.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedInstance } from '../instances/edited.ts';

/** The one pod of a bot, where it can be asked for logs and screens. */
export interface BotPod {
  readonly connection: ClusterConnection;
  readonly namespace: string;
  readonly pod: string;
  /** Null until the pod has an address. */
  readonly address: string | null;
}

/**
 * Finds the pod of a bot in the cluster. Throws `not_found`, `cluster_unreachable` (503, with what Claworc waits for)
 * and `conflict` where the bot has no pod, saying why.
 */
export async function findBotPod(context: AppContext, id: string): Promise<BotPod> {
  const { row, record } = readEditedInstance(context.store.reader, id);
  const { name } = row;
  const { connection, api } = context.cluster;
  if (connection === null || api === null) throw noCluster(context);
  if (record.spec.state === 'stopped') throw new ClaworcError('conflict', `${name} is stopped: start it first.`);
  const { namespace } = readEditedFleet(context.store.reader).fleet.spec;
  const listed = await api.list(PODS, namespace, { labelSelector: `app=${name}` });
  if (!listed.ok) {
    throw new ClaworcError('cluster_unreachable', `The pod of ${name} can't be found: ${listed.failure.message}`, {
      subject: `Pod/${namespace}/${name}`,
      retryable: true,
    });
  }
  const pod = newestPod(listed.value.items);
  if (pod === undefined) {
    const why = context.cluster.view.unit(name)?.statusReason;
    throw new ClaworcError('conflict', `${name} has no pod yet${why ? `: ${why}` : ''}.`, { retryable: true });
  }
  const { podIP } = (pod.status ?? {}) as { podIP?: string };
  return { connection, namespace, pod: pod.metadata.name, address: podIP ?? null };
}

export function noCluster({ cluster }: AppContext): ClaworcError {
  const { detail } = cluster.view.connection();
  return new ClaworcError('cluster_unreachable', detail || 'No cluster is connected.', { retryable: true });
}

function newestPod(pods: readonly LiveObject[]): LiveObject | undefined {
  const made = (pod: LiveObject): string => pod.metadata.creationTimestamp ?? '';
  return pods
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .sort((a, b) => made(b).localeCompare(made(a)))[0];
}
