import type { Change } from '../../http/schemas/answers.ts';
import type { JournalRow } from '../../store/journal.ts';

/** What became of one change. */
export type ResultOfChange = Pick<
  Change,
  'state' | 'applied_at' | 'applied_as' | 'healthy_at' | 'result' | 'result_at' | 'detail'
>;

type Told = Pick<Change, 'commit' | 'published_at'>;

const RESULTS = ['healthy', 'stopped', 'unwell', 'gone'] as const;

/**
 * What became of each change of a unit, in their order: newest first. `journal` is oldest first; `newer` is the change
 * before these, where they are not the newest. What happened belongs to the change that main was at: where its commit
 * is among them it decides, for a person's clock may be wrong; else the time does. A change that was passed over is told
 * with the later one that took its place; one from before the journal began is told without a time. Pure.
 */
export function resultsOf(
  changes: readonly Told[],
  journal: readonly JournalRow[],
  newer?: Told,
): readonly ResultOfChange[] {
  const places = new Map(changes.map(({ commit }, place) => [commit, place]));
  const owned = Map.groupBy(journal, (row) => ownerOf(row, changes, places, newer));
  const oldest = Math.max(...owned.keys(), -1);
  const later = owned.get(LATER)?.find(({ event }) => event === 'applied');
  let next = later === undefined ? undefined : { applied_at: later.at, applied_as: later.commit };
  return changes.map(({ commit }, place) => {
    const own = owned.get(place) ?? [];
    const applied = own.find(({ event }) => event === 'applied' || event === 'gone');
    if (applied !== undefined) {
      next = { applied_at: applied.at, applied_as: commit };
      return { ...NOTHING, ...next, ...standingIn(own), state: 'applied' };
    }
    const refusal = own.findLast(({ event }) => event === 'failed');
    if (refusal !== undefined) return { ...NOTHING, state: 'failed', detail: refusal.detail };
    if (next === undefined) return NOTHING;
    return { ...NOTHING, ...(place < oldest ? next : {}), state: 'applied' };
  });
}

const NOTHING: ResultOfChange = {
  state: 'published',
  applied_at: null,
  applied_as: null,
  healthy_at: null,
  result: null,
  result_at: null,
  detail: '',
};

const LATER = -1;
/** Older than all of them, or nobody can tell. */
const UNPLACED = -2;

function ownerOf(
  row: JournalRow,
  changes: readonly Told[],
  places: ReadonlyMap<string | null, number>,
  newer: Told | undefined,
): number {
  const place = row.commit === null ? undefined : places.get(row.commit);
  if (place !== undefined) return place;
  if (newer !== undefined && (row.commit === newer.commit || isSince(row, newer))) return LATER;
  const found = changes.findIndex((change) => isSince(row, change));
  return found < 0 ? UNPLACED : found;
}

function isSince({ at }: JournalRow, { published_at: since }: Told): boolean {
  return since !== null && Date.parse(at) >= Date.parse(since);
}

function standingIn(
  own: readonly JournalRow[],
): Pick<ResultOfChange, 'healthy_at' | 'result' | 'result_at' | 'detail'> {
  const isResult = ({ event }: JournalRow): boolean => RESULTS.some((each) => each === event);
  const last = own.findLast(isResult);
  const result = RESULTS.find((each) => each === last?.event) ?? null;
  const healthy = own.find(({ event }) => event === 'healthy');
  return { result, result_at: last?.at ?? null, detail: last?.detail ?? '', healthy_at: healthy?.at ?? null };
}
