import { recordPath, manifestFolder } from '../../../constructs/repo/paths.ts';
import type { UnitProblem } from '../../../constructs/repo/repo.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import type { TreeChanges } from '../../git/fast-import.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { inSlices } from '../../lib/slices.ts';

/** What the importer needs of a commit. */
export type StepCommit = Pick<LoggedCommit, 'commit' | 'author' | 'at' | 'message' | 'trailers' | 'files'>;

/** A move of main from the commit that the database knows to another one. */
export interface MainStep {
  readonly commit: string;
  readonly snapshot: Snapshot;
  /** Commits of the step, newest first. */
  readonly history: readonly StepCommit[];
  /** Units whose rows are compared with the snapshot. */
  readonly units: ReadonlySet<string>;
  /** What is now known about dist/ of units: null takes a note away. */
  readonly unrendered: ReadonlyMap<string, { readonly cause: 'inputs' | 'hand'; readonly commit: string } | null>;
}

/** When a path was added last, and changed last, by the commits of a step. */
export interface PathTimes {
  readonly addedAt: string | undefined;
  readonly changed: StepCommit;
}

export function pathTimes(history: readonly StepCommit[]): ReadonlyMap<string, PathTimes> {
  const times = new Map<string, PathTimes>();
  for (const commit of history) {
    for (const { path, change } of commit.files) {
      const known = times.get(path);
      const addedAt = known?.addedAt ?? (change === 'added' ? commit.at : undefined);
      times.set(path, { addedAt, changed: known?.changed ?? commit });
    }
  }
  return times;
}

/** What a commit of ours on top of `before` says of its files. Lets other work in between. */
export async function filesChangedIn(before: Snapshot, changes: TreeChanges): Promise<StepCommit['files']> {
  const files: StepCommit['files'][number][] = [];
  for await (const [path, content] of inSlices(changes)) {
    files.push({ path, change: content === null ? 'removed' : before.files.has(path) ? 'modified' : 'added' });
  }
  return files;
}

/** A bot that main no longer has and no tombstone speaks of: shown, and nothing of it is removed. */
export function missingProblem(name: string): UnitProblem {
  return {
    file: recordPath(name),
    unit: name,
    severity: 'error',
    field: '',
    message: `is missing from main without a tombstone; nothing of ${name} is removed. Put the file back, or delete the bot here`,
  };
}

/** dist/ of a unit that somebody edited: shown and held, because overwriting it could undo what they meant. */
export function handEditedProblem(unit: string, commit: string): UnitProblem {
  return {
    file: manifestFolder(unit),
    unit,
    severity: 'error',
    field: '',
    message: `was edited by hand in ${commit.slice(0, 8)}: it is not what ${recordPath(unit)} renders to, so it is held. Save the bot again here, or run synth and push`,
  };
}
