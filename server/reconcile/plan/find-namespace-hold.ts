import { FLEET_PATH, FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { clusterError } from '../../cluster/errors.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { parentNameOf } from '../desired/applyset-id.ts';
import type { DesiredSource } from '../desired/desired-source.ts';
import { formerNamespaces, type FormerNamespace } from '../desired/former-namespaces.ts';
import { occupantsOf, readOccupants } from '../live/occupants.ts';
import { COMMIT_ANNOTATION, ID_LABEL } from './applyset.ts';
import { lastCommit, readLineage, type OrderOf } from './lineage.ts';
import { holdForBots, holdForDoubt, type NamespaceHold } from './namespace-hold.ts';

export interface NamespaceQuestion {
  readonly api: ClusterApi;
  /** The commit that is to be applied, and the namespace that it names. */
  readonly commit: string;
  readonly namespace: string;
  readonly orderOf: OrderOf | undefined;
  readonly versionsOf: DesiredSource['fileVersions'];
  /** Namespaces that this process worked in, whatever main's history says. */
  readonly workedIn?: Iterable<string>;
  readonly signal?: AbortSignal;
}

/**
 * Whether bots of this fleet live in a namespace that main named before. A namespace counts as ours where main's own line
 * names it and what its fleet was last brought to is no other line's commit. What can't be known holds as well, unless
 * the fleet was brought to a commit in the new namespace since. Null: go on. Throws where the cluster doesn't answer.
 */
export async function findNamespaceHold(question: NamespaceQuestion): Promise<NamespaceHold | null> {
  const { commit, namespace, versionsOf, workedIn = [] } = question;
  const history = formerNamespaces(await versionsOf(commit, FLEET_PATH), namespace);
  const known = new Set([namespace, ...history.former.map((former) => former.namespace)]);
  const beside = [...new Set(workedIn)].filter((worked) => !known.has(worked));
  const former = [...beside.map((worked) => ({ namespace: worked, until: null })), ...history.former];
  let doubt: NamespaceHold | null = null;
  let recorded: Promise<string | null> | undefined;
  const readRecord = (): Promise<string | null> => (recorded ??= readRecorded(question));
  for (const candidate of former) {
    const found = await judge(question, candidate);
    if (found === null) continue;
    if (found.bots !== null) return found;
    if (doubt === null && !(await isLeftBehind(question, candidate, await readRecord()))) doubt = found;
  }
  if (doubt !== null || history.isWhole || (await readRecord()) !== null) return doubt;
  return judgeUnseen(question, new Set(former.map((each) => each.namespace)));
}

async function judge(
  question: NamespaceQuestion,
  { namespace: former, until }: FormerNamespace,
): Promise<NamespaceHold | null> {
  const { api, commit, namespace: wanted, orderOf, signal } = question;
  const read = await readOccupants(api, former, signal);
  if (!read.ok) {
    if (read.failure.type !== 'forbidden') throw clusterError(read.failure, `namespace ${former}`);
    const why = `${read.failure.message}. Let this account list configmaps, deployments and pods there`;
    return holdForDoubt(wanted, former, until, why);
  }
  const bots = [...new Set(occupantsOf(read.value))];
  if (bots.length === 0) return null;
  const lineage = await readLineage(commit, lastCommit(read.value), orderOf);
  if ('reason' in lineage && lineage.order !== 'before') {
    return holdForDoubt(wanted, former, until, `bots do live there, but ${lineage.reason}`);
  }
  const there = await readOccupants(api, wanted, signal);
  const beside = there.ok ? [...new Set(occupantsOf(there.value))] : [];
  return holdForBots({ wanted, former, until, bots, beside });
}

/** The commit that the fleet of the wanted namespace was last brought to; null before the first, and where it may not be read. */
async function readRecorded({ api, namespace, signal }: NamespaceQuestion): Promise<string | null> {
  const found = await api.get(MANAGED_RESOURCES.ConfigMap, namespace, parentNameOf(FLEET_UNIT), signal);
  if (found.ok) return found.value.metadata.annotations?.[COMMIT_ANNOTATION] ?? null;
  const isKnown = ['not_found', 'namespace_missing', 'forbidden'].includes(found.failure.type);
  if (!isKnown) throw clusterError(found.failure, `namespace ${namespace}`);
  return null;
}

/** True where the fleet went on in the wanted namespace after main had left this one: it was looked at, or a person said so. */
async function isLeftBehind(
  { commit, orderOf }: NamespaceQuestion,
  { until }: FormerNamespace,
  recorded: string | null,
): Promise<boolean> {
  if (recorded === null) return false;
  const since = until ?? commit;
  if (recorded === since) return true;
  const { order } = await readLineage(since, recorded, orderOf);
  return order === 'before';
}

/** Of a history that isn't here the cluster alone can tell: bots of a Claworc anywhere else may be ours. */
async function judgeUnseen(question: NamespaceQuestion, seen: ReadonlySet<string>): Promise<NamespaceHold | null> {
  const { api, namespace: wanted, signal } = question;
  const cut = `this clone is shallow, or the history of ${FLEET_PATH} is not here: get it with \`git fetch --unshallow\` (fetch-depth: 0 in a workflow)`;
  const labelSelector = `${ID_LABEL},app.kubernetes.io/managed-by=claworc`;
  const listed = await api.list(MANAGED_RESOURCES.ConfigMap, null, { labelSelector, ...(signal && { signal }) });
  if (!listed.ok) {
    if (listed.failure.type === 'forbidden') return holdForDoubt(wanted, null, null, cut);
    throw clusterError(listed.failure, 'configmaps of all namespaces');
  }
  const elsewhere = listed.value.items.find(
    ({ metadata: { name, namespace } }) =>
      namespace !== undefined && namespace !== wanted && !seen.has(namespace) && name !== parentNameOf(FLEET_UNIT),
  );
  return elsewhere === undefined ? null : holdForDoubt(wanted, elsewhere.metadata.namespace ?? null, null, cut);
}
