import { isSame, mergeDocuments, type MergeConflict, type Settle } from '../../../constructs/merge.ts';
import { changedEntries, withEntries } from '../../../constructs/repo/layered-map.ts';
import { FLEET_PATH, FLEET_UNIT, placeOf, recordPath, unitOfPath } from '../../../constructs/repo/paths.ts';
import { isSameContent, type FileContent } from '../../../constructs/repo/rendered-file.ts';
import type { Repo, RepoContents } from '../../../constructs/repo/repo.ts';
import type { BotInstance, Fleet } from '../../../constructs/schema/index.ts';
import { mergeTexts } from '../../../constructs/schema/merge-texts.ts';
import { parseFleet, parseRecord } from '../../../constructs/schema/yaml/parse-document.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import type { EditConflict } from '../../store/edit.ts';
import { removeUnitFiles, type FileChanges } from '../publish/edit-files.ts';

/** An instances repo at one of the three commits of a merge. */
export interface Side {
  readonly repo: Repo;
  readonly files: RepoContents;
}

type Sides = Readonly<Record<'base' | 'theirs' | 'mine', Side>>;

/** What a person decided for a conflict of a unit; undefined where nobody did. */
export type SettleOf = (unit: string, conflict: MergeConflict) => ReturnType<Settle>;

export interface MergedFiles {
  /** `theirs` with what `mine` changed; at a conflict `theirs`. dist/ is still that of `theirs`, but for bots that left. */
  readonly files: RepoContents;
  /** Units of which `mine` changed a record, a key or a tombstone. */
  readonly units: ReadonlySet<string>;
  readonly conflicts: readonly EditConflict[];
}

/**
 * Lays what `mine` changed since `base` on `theirs`: a file that only one side changed is taken as it is, comments and
 * all; records and claworc.yaml that both changed are merged field by field, and keep the comments of both; any other file that both changed is a
 * conflict, as is a bot that one side removed and the other changed. What is rendered is left out: it follows.
 */
export function mergeRepos(base: Side, theirs: Side, mine: Side, settle: SettleOf = () => undefined): MergedFiles {
  const changes: FileChanges = new Map();
  const conflicts: EditConflict[] = [];
  const units = new Set<string>();
  const paths = [...changedEntries(base.files, mine.files).keys()].filter((path) => isSource(path, base, mine));
  const skipped = new Set<string>();
  for (const unit of new Set(paths.map(unitOfPath).filter((each) => each !== null))) {
    units.add(unit);
    const fate = fateOf(unit, base, theirs, mine);
    if (fate === undefined) continue;
    const settled = settle(unit, fate);
    if (settled === undefined) conflicts.push({ unit, ...fate });
    const takesMine = settled !== undefined && isSameDocument(settled.value, fate.mine);
    skipped.add(unit);
    if (takesMine) takeUnit(changes, unit, theirs, mine);
  }
  for (const path of paths) {
    const unit = unitOfPath(path);
    if (unit !== null && skipped.has(unit)) continue;
    const merged = mergeFile(path, unit ?? '', { base, theirs, mine }, settle);
    conflicts.push(...merged.conflicts);
    if (!isSameFile(theirs.files.get(path), merged.content)) changes.set(path, merged.content);
    const hasLeft = path === recordPath(unit ?? '') && merged.content === undefined;
    if (hasLeft && unit !== null) removeRendered(changes, theirs, unit);
  }
  return { files: withEntries(theirs.files, changes), units, conflicts };
}

/** Whether a path is one that a person writes, and differs. */
function isSource(path: string, base: Side, mine: Side): boolean {
  const { kind } = placeOf(path);
  return kind !== 'manifest' && !isSameFile(base.files.get(path), mine.files.get(path));
}

/** The conflict of a bot that one side removed and the other changed; undefined where there is none. */
function fateOf(unit: string, base: Side, theirs: Side, mine: Side): MergeConflict | undefined {
  const path = recordPath(unit);
  if (unit === FLEET_UNIT || !base.files.has(path)) return undefined;
  const [there, here] = [theirs.files.has(path), mine.files.has(path)];
  if (there === here) return undefined;
  const kept = there ? theirs : mine;
  if (isSameFile(base.files.get(path), kept.files.get(path))) return undefined;
  const record = (side: Side): BotInstance | undefined => side.repo.records.get(unit)?.record;
  return { field: '', base: record(base), theirs: record(theirs), mine: record(mine) };
}

function isSameDocument(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Every source file of a unit as `mine` has it. */
function takeUnit(changes: FileChanges, unit: string, theirs: Side, mine: Side): void {
  removeUnitFiles(changes, theirs.files, unit);
  for (const path of new Set([...theirs.files.keys(), ...mine.files.keys()])) {
    if (unitOfPath(path) === unit && placeOf(path).kind !== 'manifest') changes.set(path, mine.files.get(path));
  }
}

function removeRendered(changes: FileChanges, { files }: Side, unit: string): void {
  for (const path of files.keys()) {
    const place = placeOf(path);
    if (place.kind === 'manifest' && place.unit === unit) changes.set(path, undefined);
  }
}

interface MergedFile {
  readonly content: FileContent | undefined;
  readonly conflicts: readonly EditConflict[];
}

function mergeFile(path: string, unit: string, sides: Sides, settle: SettleOf): MergedFile {
  const { base, theirs, mine } = sides;
  const [before, there, here] = [base, theirs, mine].map(({ files }) => files.get(path));
  if (isSameFile(before, there)) return { content: here, conflicts: [] };
  if (isSameFile(there, here) || isSameFile(before, here)) return { content: there, conflicts: [] };
  const documents = [base, theirs, mine].map((side) => documentAt(path, side));
  if (documents.every((each) => each !== undefined)) {
    const [old = null, left = null, right = null] = documents;
    const { merged, conflicts } = mergeDocuments(old, left, right, (conflict) => settle(unit, conflict));
    if (conflicts.length > 0) return { content: there, conflicts: conflicts.map((each) => ({ unit, ...each })) };
    return {
      content: merged === null ? undefined : Buffer.from(textOfMerged(path, unit, sides, merged)),
      conflicts: [],
    };
  }
  // Of a sealed key, or of a file that can't be read, only that it differs can be told.
  const told = (content: FileContent | undefined, words: string) => (content === undefined ? undefined : words);
  const [old, left, right] = [told(before, 'a file'), told(there, 'one file'), told(here, 'another file')];
  const conflict = { field: path, base: old, theirs: left, mine: right };
  const settled = settle(unit, conflict);
  if (settled === undefined) return { content: there, conflicts: [{ unit, ...conflict }] };
  return { content: settled.value === conflict.mine ? here : there, conflicts: [] };
}

/** A merged document in the words of both sides; where one of them did not have it, in those of the other. */
function textOfMerged(path: string, unit: string, { base, theirs, mine }: Sides, merged: BotInstance | Fleet): string {
  const text = ({ repo }: Side): string | undefined =>
    (path === FLEET_PATH ? repo.fleetText : repo.records.get(unit)?.text) ?? undefined;
  const [before = '', there, here] = [text(base), text(theirs), text(mine)];
  if (there === undefined || here === undefined) return writeRecord(merged, there ?? here);
  const says = (written: string): boolean => {
    const read = path === FLEET_PATH ? parseFleet(written, path) : parseRecord(written, path);
    return read.ok && isSame('fleet' in read ? read.fleet : read.record, merged);
  };
  return mergeTexts({ base: before, theirs: there, mine: here }, merged, says);
}

/** The document that a path holds, null where there is none; undefined for one that is no document, or can't be read. */
function documentAt(path: string, { repo, files }: Side): BotInstance | Fleet | null | undefined {
  if (!files.has(path)) return null;
  const place = placeOf(path);
  if (place.kind === 'fleet') return repo.fleet ?? undefined;
  return place.kind === 'record' ? repo.records.get(place.name)?.record : undefined;
}

function isSameFile(one: FileContent | undefined, other: FileContent | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return isSameContent(one, other);
}
