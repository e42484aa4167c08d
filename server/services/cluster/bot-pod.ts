import type { ClusterConnection } from '../../cluster/connection.ts';
import { PODS } from '../../cluster/resources.ts';
import { DEFAULT_RUNTIME } from '../../../constructs/resolve.ts';
import { profileOf } from '../../../constructs/runtimes/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { sortPods } from '../../reconcile/live/pods.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet } from '../instances/edited.ts';
import { readShownInstance } from '../instances/leaving.ts';

/** The one pod of a bot, where it can be asked for logs and screens. */
export interface BotPod {
  readonly connection: ClusterConnection;
  readonly namespace: string;
  readonly pod: string;
  /** The bot's own container; a pod may have others beside it. */
  readonly container: string;
  /** Null until the pod has an address. */
  readonly address: string | null;
}

/** A person waits for it in front of a page, and an API server that is frozen answers nothing at all. */
const DEADLINE_MS = 10_000;

/**
 * Finds the pod of a bot in the cluster. Throws `not_found`, `cluster_unreachable` (503, with what Claworc waits for)
 * and `conflict` where the bot has no pod, saying why.
 */
export async function findBotPod(context: AppContext, id: string): Promise<BotPod> {
  const { row, record } = readShownInstance(context, id);
  const { name } = row;
  const { connection, api } = context.cluster;
  if (connection === null || api === null) throw noCluster(context);
  const { namespace: named, rendering } = readEditedFleet(context.store.reader).fleet.spec;
  // Main may have left the namespace that its bots still live in.
  const namespace = context.cluster.observed.namespace() ?? named;
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const listed = await api.list(PODS, namespace, { labelSelector: `app=${name}`, signal }).catch((cause: unknown) => {
    const message = `The pod of ${name} can't be found: the API server did not answer within ${DEADLINE_MS / 1_000} s.`;
    throw new ClaworcError('cluster_unreachable', message, { retryable: true, cause });
  });
  if (!listed.ok) {
    throw new ClaworcError('cluster_unreachable', `The pod of ${name} can't be found: ${listed.failure.message}`, {
      subject: `Pod/${namespace}/${name}`,
      retryable: true,
    });
  }
  const [pod] = sortPods(listed.value.items).live;
  if (pod === undefined) {
    // Asked for only now: a stop may be held while the pod runs on.
    if (record.spec.state === 'stopped') throw new ClaworcError('conflict', `${name} is stopped: start it first.`);
    const why = context.cluster.observed.unit(name)?.statusReason;
    throw new ClaworcError('conflict', `${name} has no pod yet${why ? `: ${why}` : ''}.`, { retryable: true });
  }
  const { podIP } = (pod.status ?? {}) as { podIP?: string };
  const container = containerIn(
    pod,
    profileOf({ runtime: record.spec.runtime ?? DEFAULT_RUNTIME, rendering }).container,
  );
  return { connection, namespace, pod: pod.metadata.name, container, address: podIP ?? null };
}

/** The runtime's container by its name; the first of a pod that has none of that name, of another version's rendering. */
export function containerIn(pod: LiveObject, runtime: string): string {
  const { containers = [] } = (pod.spec ?? {}) as { readonly containers?: readonly { readonly name: string }[] };
  const names = containers.map(({ name }) => name);
  return names.includes(runtime) ? runtime : (names[0] ?? runtime);
}

export function noCluster({ cluster }: AppContext): ClaworcError {
  const { detail } = cluster.observed.connection();
  return new ClaworcError('cluster_unreachable', detail || 'No cluster is connected.', { retryable: true });
}
