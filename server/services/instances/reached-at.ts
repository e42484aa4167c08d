import type { Change } from '../../http/schemas/answers.ts';
import type { JournalRow } from '../../store/journal.ts';

/**
 * When the cluster was first brought to a change or to a later one, null where it never was. `journal` is oldest first;
 * `places` of commits count from the newest on. Clocks are asked only about commits that have no place: a person's may be
 * wrong.
 */
export function reachedAt(
  journal: readonly JournalRow[],
  event: JournalRow['event'],
  { commit, published_at: since }: Pick<Change, 'commit' | 'published_at'>,
  places: ReadonlyMap<string | null, number>,
): string | null {
  const own = places.get(commit);
  const isReached = (row: JournalRow): boolean => {
    const place = row.commit === null ? undefined : places.get(row.commit);
    if (place !== undefined && own !== undefined) return place <= own;
    return since !== null && Date.parse(row.at) >= Date.parse(since);
  };
  return journal.find((row) => row.event === event && isReached(row))?.at ?? null;
}
