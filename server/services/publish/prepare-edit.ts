import { underPolicyOf } from '../../../constructs/repo/base-policy.ts';
import { changedEntries } from '../../../constructs/repo/layered-map.ts';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { isSameContent } from '../../../constructs/repo/rendered-file.ts';
import type { Repo, RepoContents, UnitProblem } from '../../../constructs/repo/repo.ts';
import { inSlices } from '../../lib/slices.ts';
import type { TreeChanges } from '../../git/fast-import.ts';
import { withRendering, type Snapshot, type Snapshots } from '../../git/read/snapshots.ts';
import { unitOf, type Edit, type EditConflict } from '../../store/edit.ts';
import { createRenderings, type Renderings } from '../../reconcile/desired/renderings.ts';
import { editFiles } from './edit-files.ts';
import { renderUnits } from './render-units.ts';

export type PreparedEdit =
  | {
      readonly state: 'ready';
      /** Everything that the commit changes. */
      readonly changes: TreeChanges;
      /** The repository as the commit leaves it. */
      readonly result: Snapshot;
      /** Units whose dist/ is right in `result`. */
      readonly rendered: ReadonlySet<string>;
    }
  /** Main has it already. */
  | { readonly state: 'nothing' }
  | { readonly state: 'conflict'; readonly conflicts: readonly EditConflict[] }
  | { readonly state: 'failed'; readonly detail: string };

/**
 * What an edit changes on top of a snapshot: its documents, and everything that renders differently with them. An edit
 * that would bring a problem into the repository fails; problems that are there already hold only their own units.
 * `handEdited` names units whose dist/ a person changed: left alone, unless the edit is about that very unit.
 */
export async function prepareEdit(
  snapshots: Pick<Snapshots, 'derive'>,
  snapshot: Snapshot,
  edit: Edit,
  handEdited: ReadonlySet<string>,
  renderings: Renderings = createRenderings(),
): Promise<PreparedEdit> {
  const edited = editFiles(snapshot.repo, snapshot.files, edit);
  if (edited.state !== 'ready') return edited;
  const own = new Set(edit.changes.map(unitOf));
  return prepareFiles(snapshots, snapshot, { files: edited.files, own }, handEdited, renderings);
}

/** The same for files that are merged already; `own` names the units that the commit is about. */
export async function prepareFiles(
  snapshots: Pick<Snapshots, 'derive'>,
  snapshot: Snapshot,
  { files, own }: { readonly files: RepoContents; readonly own: ReadonlySet<string> },
  handEdited: ReadonlySet<string>,
  renderings: Renderings,
): Promise<Exclude<PreparedEdit, { readonly state: 'conflict' }>> {
  const candidate = snapshots.derive(snapshot, files);
  const problem = newProblem(snapshot.repo, underPolicyOf(snapshot.repo.fleet, candidate.repo));
  if (problem !== undefined) return { state: 'failed', detail: sentence(problem) };

  const rendered = new Set<string>();
  const dist = new Map<string, string | null>();
  const units = unitsToRender(candidate.repo, own, handEdited);
  for await (const { unit, changes, problems } of renderUnits(candidate.repo, units, renderings)) {
    const [hold] = problems;
    if (hold !== undefined && own.has(unit)) return { state: 'failed', detail: sentence(hold) };
    if (hold === undefined) rendered.add(unit);
    for (const [path, text] of changes) dist.set(path, text);
  }

  const result = await withRendering(candidate, dist);
  const changes = await differences(snapshot.files, result.files, dist);
  if (changes.size === 0) return { state: 'nothing' };
  return { state: 'ready', changes, result, rendered };
}

function unitsToRender(repo: Repo, own: ReadonlySet<string>, handEdited: ReadonlySet<string>): readonly string[] {
  if (!own.has(FLEET_UNIT)) return [...own];
  return [...repo.records.keys()].filter((name) => own.has(name) || !handEdited.has(name));
}

/** Lines move when a file is written, so a problem is known by its file, field and words. */
function newProblem(before: Repo, after: Repo): UnitProblem | undefined {
  const known = new Set(before.problems.map(identify));
  return after.problems.find((problem) => problem.severity === 'error' && !known.has(identify(problem)));
}

function identify({ file, field, message }: UnitProblem): string {
  return JSON.stringify([file, field, message]);
}

function sentence({ file, field, message }: UnitProblem): string {
  return `${file}: ${field === '' ? '' : `${field} `}${message}`;
}

/**
 * What a commit writes by path, null for a file that is gone; `dist` has the texts of files under dist/ that are new.
 * Lets other work in between.
 */
export async function differences(
  before: RepoContents,
  after: RepoContents,
  dist: ReadonlyMap<string, string | null>,
): Promise<Map<string, string | Uint8Array | null>> {
  const changes = new Map<string, string | Uint8Array | null>();
  for await (const [path, content] of inSlices(changedEntries(before, after))) {
    const old = before.get(path);
    if (content === undefined) changes.set(path, null);
    else if (old === undefined || !isSameContent(old, content)) {
      changes.set(path, content instanceof Uint8Array ? content : textOf(path, dist));
    }
  }
  return changes;
}

function textOf(path: string, dist: ReadonlyMap<string, string | null>): string {
  const text = dist.get(path);
  if (text === undefined || text === null) throw new RangeError(`${path} was not rendered`);
  return text;
}
