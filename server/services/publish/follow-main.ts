import { keysOfScope } from '../../../constructs/repo/keys.ts';
import { recordPath } from '../../../constructs/repo/paths.ts';
import type { Snapshot, Snapshots } from '../../git/read/snapshots.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Renderings } from '../../reconcile/desired/renderings.ts';
import type { Reader } from '../../store/connection.ts';
import { listPublishedNames } from '../../store/instances.ts';
import { listUnrendered } from '../../store/unrendered.ts';
import { listTombstones } from '../../store/tombstones.ts';
import { affectedUnits, type AffectedUnits } from './affected-units.ts';
import { pathTimes, type MainStep } from './main-step.ts';
import { renderUnits } from './render-units.ts';

export interface FollowDeps {
  readonly repository: GitRepository;
  readonly snapshots: Snapshots;
  readonly renderings: Renderings;
  readonly reader: Reader;
  /** Told now and then how many of the step's bots are read. */
  readonly onRead?: (done: number, of: number) => void;
}

/**
 * The step from `imported` (null: from nothing, looking at every unit) to `head`, which somebody else made.
 * It notes units whose dist/ is not what they render to. `inputs`: a record or key came without its rendering.
 * `hand`: only dist/ was changed, or it was found different on the first import.
 */
export async function stepTo(deps: FollowDeps, imported: string | null, head: string): Promise<MainStep> {
  const { repository, snapshots, reader } = deps;
  const snapshot = await snapshots.at(head);
  const [history, paths] = await Promise.all([
    repository.log({ since: imported, until: head }),
    imported === null ? [...snapshot.files.keys()] : repository.diffCommits(imported, head),
  ]);
  const affected = await affectedUnits(snapshot.repo, paths);
  const units =
    imported === null
      ? oldestFirst([...affected.all, ...listPublishedNames(reader)], history)
      : new Set([...affected.all, ...(affected.wholeFleet ? removedBefore(reader, snapshot) : [])]);
  const unrendered = await notes(deps, snapshot, affected, imported === null, head);
  return { commit: head, snapshot, history, units, unrendered };
}

/** Bots whose removal was held: another claworc.yaml may let it through. */
function removedBefore(reader: Reader, { repo }: Snapshot): readonly string[] {
  return listPublishedNames(reader).filter((name) => !repo.records.has(name));
}

/** So that the numbers of bots follow their age, and an import into an empty database gives the same ones again. */
function oldestFirst(units: readonly string[], history: MainStep['history']): ReadonlySet<string> {
  const times = pathTimes(history);
  const age = (unit: string): string => `${times.get(recordPath(unit))?.addedAt ?? ''} ${unit}`;
  return new Set(units.toSorted((a, b) => (age(a) < age(b) ? -1 : 1)));
}

/** Bots between two words about how far reading is. */
const TOLD_EVERY = 50;

type Notes = MainStep['unrendered'];

async function notes(
  { reader, renderings, onRead = () => undefined }: FollowDeps,
  { repo }: Snapshot,
  affected: AffectedUnits,
  isFirst: boolean,
  commit: string,
): Promise<Notes> {
  const known = new Map(listUnrendered(reader).map(({ unit, cause }) => [unit, cause]));
  const published = new Set(listPublishedNames(reader));
  const buried = new Set(listTombstones(reader).map(({ name }) => name));
  const found = new Map<string, { cause: 'inputs' | 'hand'; commit: string } | null>();
  const toRender: string[] = [];
  for (const unit of affected.all) {
    if (!repo.records.has(unit)) continue;
    const isLiving = !repo.tombstones.has(unit);
    const isConcerned = affected.inputs.has(unit) || (affected.wholeFleet && !known.has(unit));
    // Came without its rendering: that is made when it is published, and only then is it seen whether it differs.
    if (!isFirst && isLiving && isConcerned && !affected.dist.has(unit)) found.set(unit, { cause: 'inputs', commit });
    else toRender.push(unit);
  }

  let done = 0;
  for await (const { unit, changes, problems } of renderUnits(repo, toRender, renderings)) {
    if (done++ % TOLD_EVERY === 0) onRead(done, toRender.length);
    const before = known.get(unit);
    if (repo.tombstones.has(unit)) {
      // A record that came back after its tombstone is brought to life; a tombstone beside a living record is not ours.
      const cameBack = !published.has(unit) && (buried.has(unit) || isFirst);
      if (cameBack) found.set(unit, { cause: 'inputs', commit });
    } else if (changes.size === 0 && problems.length === 0) {
      if (before !== undefined) found.set(unit, null);
    } else if (isFirst) {
      // Of a unit that is held nobody knows what it renders to, so its dist/ can't be called edited.
      if (!repo.dist.has(unit)) found.set(unit, { cause: 'inputs', commit });
      else if (problems.length === 0) found.set(unit, { cause: 'hand', commit });
    } else if (affected.inputs.has(unit)) {
      found.set(unit, { cause: 'inputs', commit });
    } else if (before === undefined && problems.length === 0) {
      found.set(unit, { cause: affected.wholeFleet && !affected.dist.has(unit) ? 'inputs' : 'hand', commit });
    }
  }
  for (const unit of affected.all) {
    if (repo.records.has(unit)) continue;
    const hasLeft = repo.tombstones.has(unit) && !repo.claimed.has(unit);
    const hasFiles = repo.dist.has(unit) || keysOfScope(repo, unit).length > 0;
    if (hasLeft && hasFiles) found.set(unit, { cause: 'inputs', commit });
    else if (known.has(unit)) found.set(unit, null);
  }
  return found;
}
