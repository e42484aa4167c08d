import { manifestFolder, manifestPath } from '../../../constructs/repo/paths.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { renderUnit } from '../../../constructs/repo/render-unit.ts';
import type { Repo, UnitProblem } from '../../../constructs/repo/repo.ts';

/** How long rendering may keep the process from answering requests, in milliseconds. */
const SLICE_MS = 20;

/** What differs between a unit's dist/ and what it renders to. */
export interface UnitRendering {
  readonly unit: string;
  /** Text by path; null removes. Empty: dist/ is right. */
  readonly changes: ReadonlyMap<string, string | null>;
  /** What holds the unit; its dist/ is then left as it is. */
  readonly problems: readonly UnitProblem[];
}

/** Renders units one by one, letting other work in between. `now` is a clock in milliseconds. */
export async function* renderUnits(
  repo: Repo,
  units: Iterable<string>,
  now: () => number = () => performance.now(),
): AsyncGenerator<UnitRendering> {
  let sliceEnd = now() + SLICE_MS;
  for (const unit of units) {
    if (now() > sliceEnd) {
      await nextTurn();
      sliceEnd = now() + SLICE_MS;
    }
    yield renderOne(repo, unit);
  }
}

function renderOne(repo: Repo, unit: string): UnitRendering {
  const rendered = renderUnit(repo, unit);
  if (!rendered.ok) return { unit, changes: new Map(), problems: rendered.problems };
  const there = repo.dist.get(unit) ?? new Map<string, string>();
  const changes = new Map<string, string | null>();
  for (const [path, text] of rendered.files) {
    if (there.get(path.slice(manifestFolder(unit).length)) !== text) changes.set(path, text);
  }
  for (const file of there.keys()) {
    const path = manifestPath(unit, file);
    if (!rendered.files.has(path)) changes.set(path, null);
  }
  return { unit, changes, problems: [] };
}
