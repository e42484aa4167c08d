import { manifestFolder, manifestPath } from '../../../constructs/repo/paths.ts';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { renderedFile, type RenderedFile } from '../../../constructs/repo/rendered-file.ts';
import { holdsOf, renderUnit } from '../../../constructs/repo/render-unit.ts';
import type { Repo, UnitProblem } from '../../../constructs/repo/repo.ts';
import type { Renderings } from '../../reconcile/desired/renderings.ts';

/** How long rendering may keep the process from answering requests, in milliseconds. */
const SLICE_MS = 10;

/** What differs between a unit's dist/ and what it renders to. */
export interface UnitRendering {
  readonly unit: string;
  /** Text by path; null removes. Empty: dist/ is right. */
  readonly changes: ReadonlyMap<string, string | null>;
  /** What holds the unit; its dist/ is then left as it is. */
  readonly problems: readonly UnitProblem[];
}

/** Renders units one by one, those that are not known to be right, letting other work in between. `now` is a clock in milliseconds. */
export async function* renderUnits(
  repo: Repo,
  units: Iterable<string>,
  renderings: Renderings,
  now: () => number = () => performance.now(),
): AsyncGenerator<UnitRendering> {
  let sliceEnd = now() + SLICE_MS;
  for (const unit of units) {
    if (now() > sliceEnd) {
      await nextTurn();
      sliceEnd = now() + SLICE_MS;
    }
    yield renderOne(repo, unit, renderings);
  }
}

function renderOne(repo: Repo, unit: string, renderings: Renderings): UnitRendering {
  if (renderings.isRight(repo, unit) && holdsOf(repo, unit).length === 0) {
    return { unit, changes: new Map(), problems: [] };
  }
  const rendered = renderUnit(repo, unit);
  if (!rendered.ok) return { unit, changes: new Map(), problems: rendered.problems };
  const texts = new Map([...rendered.files].map(([path, text]) => [path.slice(manifestFolder(unit).length), text]));
  const files = new Map([...texts].map(([file, text]) => [file, renderedFile(text)]));
  renderings.note(repo, unit, files);
  const there = repo.dist.get(unit) ?? new Map<string, RenderedFile>();
  const changes = new Map<string, string | null>();
  for (const [file, text] of texts)
    if (there.get(file)?.digest !== files.get(file)?.digest) changes.set(manifestPath(unit, file), text);
  for (const file of there.keys()) if (!files.has(file)) changes.set(manifestPath(unit, file), null);
  return { unit, changes, problems: [] };
}
