import type { FileContent, RenderedFile } from './rendered-file.ts';
import type { BotInstance, Fleet, KeyScope, Problem, Tombstone } from '../schema/index.ts';

/** The files of an instances repo by path. Only folders that Claworc reads need to be in it. */
export type RepoFiles = ReadonlyMap<string, Uint8Array>;

/** The same, where dist/ may be known by its digests alone. */
export type RepoContents = ReadonlyMap<string, FileContent>;

/** A problem and whom it holds up. */
export interface UnitProblem extends Problem {
  /** The unit that it belongs to, null for a file that belongs to none. */
  readonly unit: string | null;
  /** An error holds its unit; a warning holds nothing. */
  readonly severity: 'error' | 'warning';
}

export interface RecordEntry {
  readonly record: BotInstance;
  readonly path: string;
  readonly text: string;
}

export interface TombstoneEntry {
  readonly tombstone: Tombstone;
  readonly path: string;
  readonly text: string;
}

/** An API key as it lies in git: nothing of it can be read but its name. */
export interface SealedKeyFile {
  readonly scope: KeyScope;
  /** Name of the environment variable. */
  readonly key: string;
  readonly path: string;
  readonly text: string;
  readonly namespace: string;
  /** ENC text by entry: the key itself and its binding. */
  readonly encrypted: Readonly<Record<string, string>>;
  /** Moves exactly when the encrypted value does. */
  readonly digest: string;
  /** True where the Secret carries that digest, so that whoever applies the file leaves it on the live object. */
  readonly isMarked: boolean;
  readonly recipients: readonly string[];
}

/** What lies in dist/ of one unit, by file name. */
export type Folder = ReadonlyMap<string, RenderedFile>;

/** A whole instances repo as a value. What is broken is missing from the maps and named in `problems`. */
export interface Repo {
  readonly fleet: Fleet | null;
  readonly fleetText: string | null;
  readonly records: ReadonlyMap<string, RecordEntry>;
  readonly tombstones: ReadonlyMap<string, TombstoneEntry>;
  /** By `<scope>/<KEY>`. */
  readonly keys: ReadonlyMap<string, SealedKeyFile>;
  /** By unit and file name. */
  readonly dist: ReadonlyMap<string, Folder>;
  /** By file, line and column. */
  readonly problems: readonly UnitProblem[];
  /** Instances that a broken or misnamed file may stand for: they have not left, whatever else is missing. */
  readonly claimed: ReadonlySet<string>;
  /** `<scope>/<slug>` of sealed keys that cannot be read. Whoever uses such a key waits for it. */
  readonly brokenKeys: ReadonlySet<string>;
}

/** Whether a broken or misnamed file may stand for the bot, and no record that can be read. */
export function isUnread({ records, claimed }: Pick<Repo, 'records' | 'claimed'>, unit: string): boolean {
  return claimed.has(unit) && !records.has(unit);
}

const indexes = new WeakMap<Repo['problems'], ReadonlyMap<string | null, readonly UnitProblem[]>>();

/** The errors that hold a unit. */
export function errorsOf({ problems }: Repo, unit: string): readonly UnitProblem[] {
  let index = indexes.get(problems);
  if (index === undefined) indexes.set(problems, (index = Map.groupBy(errorsOnly(problems), (each) => each.unit)));
  return index.get(unit) ?? [];
}

export function errorsOnly(problems: readonly UnitProblem[]): readonly UnitProblem[] {
  return problems.filter(({ severity }) => severity === 'error');
}

/** By place, each once. */
export function sortedProblems(problems: readonly UnitProblem[]): readonly UnitProblem[] {
  const seen = new Set<string>();
  const unique = problems.filter(({ file, line, column, message }) => {
    const key = JSON.stringify([file, line, column, message]);
    return !seen.has(key) && seen.add(key);
  });
  return unique.sort(
    (a, b) => compareTexts(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
  );
}

export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
