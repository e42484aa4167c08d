import { BotInstanceSchema } from '../../../constructs/schema/index.ts';
import type { ObservedUnit } from '../../reconcile/status/observed.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { getInstance as getRow } from '../../store/instances.ts';
import { listRevisions } from '../../store/revisions.ts';
import { parseJson } from '../../store/rows.ts';
import { getTombstone, type TombstoneRow } from '../../store/tombstones.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedInstance, type EditedInstance } from './edited.ts';
import { recordFromLive } from './record-from-live.ts';

/** Main has it no more, and its number is gone with its row. */
const NO_NUMBER = 0;
/** A bot is looked for so far back; its last record is the newest but for its removal. */
const REVISIONS = 20;

/** What bots are shown from. */
export interface ShownFrom extends Pick<AppContext, 'store' | 'freshness' | 'basePath'> {
  readonly cluster: Pick<AppContext['cluster'], 'observed'>;
  readonly publisher: Pick<AppContext['publisher'], 'state'>;
}

/**
 * Bots that main has a tombstone of and that still live in the cluster, as they were last; by name. Looks at those alone
 * that are observed to leave, and at what commits have changed that the cluster was not yet seen to be brought to.
 */
export function listLeaving(context: ShownFrom): EditedInstance[] {
  const { freshness, cluster } = context;
  const observed = cluster.observed.notable().flatMap(({ unit, leaving }) => (leaving === null ? [] : [unit]));
  const names = new Set([...observed, ...freshness.changedSince(cluster.observed)]);
  return [...names].sort().flatMap((name) => findLeaving(context, name) ?? []);
}

export function findLeaving(context: ShownFrom, name: string): EditedInstance | undefined {
  const tombstone = getTombstone(context.store.reader, name);
  return tombstone && leavingOf(context, tombstone);
}

/** A bot to be looked at: one of main or a draft, or one that is leaving. Throws `not_found`. */
export function readShownInstance(context: ShownFrom, id: string): EditedInstance {
  return findLeaving(context, id) ?? readEditedInstance(context.store.reader, id);
}

/** What a bot that main has no more waits for, in words. */
export const waitOf = (live: ObservedUnit | undefined): string =>
  live?.leaving?.waitsFor ?? (live?.sync === 'failed' ? live.reason : 'the cluster is being told');

/** A bot to be changed. Throws `not_found`, and `conflict` for one that main has no more, or that a draft removes. */
export function readForChange(context: ShownFrom, id: string): EditedInstance {
  const gone = findLeaving(context, id);
  if (gone !== undefined) {
    const { name } = gone.row;
    const waitsFor = waitOf(context.cluster.observed.unit(name));
    throw new ClaworcError('conflict', `${name} is removed from main already and is leaving: ${waitsFor}.`);
  }
  const edited = readEditedInstance(context.store.reader, id);
  if (!edited.isLeaving) return edited;
  throw new ClaworcError('conflict', `A draft removes ${edited.row.name}: discard that draft before you change it.`);
}

function leavingOf({ store, cluster }: ShownFrom, tombstone: TombstoneRow): EditedInstance | undefined {
  const { name, commit, removedAt } = tombstone;
  const live = cluster.observed.unit(name);
  if (!isStillThere(live) || getRow(store.reader, name) !== undefined) return undefined;
  const revisions = listRevisions(store.reader, name, REVISIONS);
  const last = revisions.find(({ record }) => record !== null)?.record ?? null;
  const record =
    last === null
      ? recordFromLive(live, readEditedFleet(store.reader).fleet)
      : parseJson(BotInstanceSchema, last, 'revisions.record');
  const createdAt = revisions.at(-1)?.savedAt ?? removedAt;
  const row = { id: NO_NUMBER, name, record: null, commit, renderedCommit: commit, createdAt, updatedAt: removedAt };
  return { row, record, drafts: [], isLeaving: true };
}

/** Also before the reconciler has read of the removal: its Deployment tells. */
function isStillThere(live: ObservedUnit | undefined): live is ObservedUnit {
  if (live === undefined) return false;
  return (
    live.leaving !== null ||
    live.objects.some((object) => object.kind === 'Deployment' && object.name === live.unit && object.live !== null)
  );
}
