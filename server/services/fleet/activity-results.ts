import type { JournalRow } from '../../store/journal.ts';

/** A commit of main, and the units that it changed. */
export interface ChangeOfUnits {
  readonly commit: string;
  readonly units: readonly string[];
}

/** What became of a commit in the cluster, unit by unit. */
export interface ResultsOfUnits {
  /** The cluster was brought to it or to a later commit of the unit. */
  readonly applied: readonly string[];
  /** Refused, held, or applied and not well after it; each with why. */
  readonly failed: readonly { readonly unit: string; readonly why: string }[];
}

/**
 * What became of each of these commits, newest first and without a gap. `journal` is what happened while main was one of
 * them, oldest first; `isThrough` says of a unit that the cluster is where main is. Pure.
 */
export function resultsOfUnits(
  changes: readonly ChangeOfUnits[],
  journal: readonly JournalRow[],
  isThrough: (unit: string) => boolean,
): readonly ResultsOfUnits[] {
  const places = new Map(changes.map(({ commit }, place) => [commit, place]));
  const rowsOf = Map.groupBy(journal, ({ unit }) => unit);
  const wellOf = new Map<string, boolean>();
  const through = (unit: string): boolean => {
    const known = wellOf.get(unit) ?? isThrough(unit);
    wellOf.set(unit, known);
    return known;
  };
  /** Of a unit, the place of its change that is taken up already: rows from there on are of newer changes. */
  const taken = new Map<string, number>();
  return changes.map(({ units }, place) => {
    const applied: string[] = [];
    const failed: { unit: string; why: string }[] = [];
    for (const unit of units) {
      const from = taken.get(unit) ?? -1;
      const rows = rowsOf.get(unit) ?? [];
      const own = rows.filter((row) => {
        const at = places.get(row.commit ?? '') ?? Infinity;
        return at > from && at <= place;
      });
      taken.set(unit, place);
      const isApplied = own.some(({ event }) => event === 'applied' || event === 'gone');
      const last = own.at(-1);
      if (last?.event === 'unwell' || (last?.event === 'failed' && !isApplied)) failed.push({ unit, why: last.detail });
      else if (isApplied || through(unit) || rows.some((row) => isPast(row, places, place))) applied.push(unit);
    }
    return { applied, failed };
  });
}

/** True where the cluster was brought to a newer commit than the one at `place`. */
function isPast(row: JournalRow, places: ReadonlyMap<string, number>, place: number): boolean {
  const at = places.get(row.commit ?? '');
  return row.event === 'applied' && at !== undefined && at < place;
}
