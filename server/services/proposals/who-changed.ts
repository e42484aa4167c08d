import { isSame } from '../../../constructs/merge.ts';
import { FLEET_PATH, isRepoFile, sourcePath } from '../../../constructs/repo/paths.ts';
import { stepsOf, type Step } from '../../../constructs/schema/explain/field-path.ts';
import { parseFleet, parseRecord } from '../../../constructs/schema/yaml/parse-document.ts';
import { isRecord } from '../../lib/is-record.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { EditConflict } from '../../store/edit.ts';

type Source = Pick<GitRepository, 'fileVersions' | 'readSome' | 'describe'>;

/** A conflict of two branches, with the commit that gave each of them its value; null where that can't be found. */
export interface BlamedConflict extends EditConflict {
  readonly by: { readonly theirs: LoggedCommit | null; readonly mine: LoggedCommit | null };
}

/** Merges of merges that are looked into for whose commit it was. */
const MOST_JOINS = 20;

/** Says who brought the two values of each conflict, since the branches parted at `base`. */
export async function blameConflicts(
  source: Source,
  conflicts: readonly EditConflict[],
  at: { readonly base: string; readonly theirs: string; readonly mine: string },
): Promise<BlamedConflict[]> {
  const blamed: BlamedConflict[] = [];
  for (const conflict of conflicts) {
    const of = (head: string): Promise<LoggedCommit | null> => whoChanged(source, conflict, { base: at.base, head });
    blamed.push({ ...conflict, by: { theirs: await of(at.theirs), mine: await of(at.mine) } });
  }
  return blamed;
}

async function whoChanged(
  source: Source,
  { unit, field }: Pick<EditConflict, 'unit' | 'field'>,
  { base, head }: { readonly base: string; readonly head: string },
  joins = 0,
): Promise<LoggedCommit | null> {
  const path = isRepoFile(field) ? field : sourcePath(unit);
  const valueOf = (bytes: Uint8Array | null | undefined): unknown =>
    bytes === null || bytes === undefined ? undefined : readValue(path, field, bytes);
  const { versions } = await source.fileVersions(head, path, { since: base });
  const first = (await source.readSome(base, [path])).get(path);
  const values = [...versions.map(({ bytes }) => valueOf(bytes)), valueOf(first)];
  const found = versions.find((_, index) => !isSame(values[index], values[index + 1]));
  if (found === undefined) return null;
  const [commit] = await source.describe([found.commit]);
  if (commit === undefined) return null;
  const joined = commit.parents[1];
  if (joined === undefined || joins === MOST_JOINS) return commit;
  // A merge brings what somebody wrote on the other branch, unless it was settled in the merge itself.
  const there = valueOf((await source.readSome(joined, [path])).get(path));
  const isOfBranch = isSame(there, valueOf(found.bytes));
  const deeper = isOfBranch ? await whoChanged(source, { unit, field }, { base, head: joined }, joins + 1) : null;
  return deeper ?? commit;
}

/** The value of a field in a version of its document; what can't be read is told by its bytes. */
function readValue(path: string, field: string, bytes: Uint8Array): unknown {
  const steps = isRepoFile(field) ? undefined : stepsOf(field);
  if (steps === undefined) return Buffer.from(bytes).toString('base64');
  const read = path === FLEET_PATH ? parseFleet(bytes, path) : parseRecord(bytes, path);
  if (!read.ok) return Buffer.from(bytes).toString('base64');
  const document: unknown = 'fleet' in read ? read.fleet : read.record;
  return steps.reduce(stepInto, document);
}

/** An element of a list is found by its name, as two sides of it are merged. */
function stepInto(value: unknown, step: Step): unknown {
  if (Array.isArray(value)) return value.find((item: unknown) => isRecord(item) && item.name === step) as unknown;
  return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}
