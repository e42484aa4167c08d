import { mergeDocuments, type Merge, type Settle } from '../../../constructs/merge.ts';
import { newTombstone } from '../../../constructs/new-documents.ts';
import { withEntries } from '../../../constructs/repo/layered-map.ts';
import { FLEET_PATH, recordPath, tombstonePath, manifestFolder, keyFolder } from '../../../constructs/repo/paths.ts';
import type { FileContent } from '../../../constructs/repo/rendered-file.ts';
import type { Repo, RepoContents } from '../../../constructs/repo/repo.ts';
import { applierOf, type BotInstance, type Fleet } from '../../../constructs/schema/index.ts';
import { writeRecord } from '../../../constructs/schema/write-record.ts';
import { sealedKeyPath } from '../../../constructs/sealed-secret.ts';
import { unitOf, type DocumentChange, type Edit, type EditConflict } from '../../store/edit.ts';
import { settledBy } from './choices.ts';
import { keyConflict } from './lay-key.ts';

/** Content by path, undefined for a file that goes. */
export type FileChanges = Map<string, FileContent | undefined>;

/** The files that an edit leaves, before anything is rendered. */
export type EditedFiles =
  | { readonly state: 'ready'; readonly files: RepoContents }
  | { readonly state: 'conflict'; readonly conflicts: readonly EditConflict[] }
  | { readonly state: 'failed'; readonly detail: string };

/**
 * Puts an edit on top of a repository: each document merged with what is there now, by what the person decided of conflicts, written with the comments that it
 * has there. A removal takes the record, dist/ and secrets/ away and leaves a tombstone; a creation removes one.
 */
export function editFiles(repo: Repo, files: RepoContents, edit: Edit): EditedFiles {
  const next: FileChanges = new Map();
  const conflicts: EditConflict[] = [];
  const settle =
    (unit: string): Settle =>
    (conflict) =>
      settledBy(edit.choices, unit, conflict);
  for (const change of edit.changes) {
    const unit = unitOf(change);
    const broken = unreadable(repo, files, change);
    if (broken !== undefined) return { state: 'failed', detail: broken };
    switch (change.kind) {
      case 'Fleet': {
        const merge = mergeDocuments<Fleet>(change.base, repo.fleet ?? change.base, change.next, settle(unit));
        conflicts.push(...merge.conflicts.map((conflict) => ({ unit, ...conflict })));
        const text = repo.fleetText ?? change.text ?? null;
        if (merge.merged !== null) write(next, FLEET_PATH, writeChanged(repo.fleet, text, merge.merged));
        break;
      }
      case 'BotInstance': {
        const merge = mergeDocuments<BotInstance>(
          change.base,
          theirsOf(repo, files, change),
          change.next,
          settle(unit),
        );
        conflicts.push(...merge.conflicts.map((conflict) => ({ unit, ...conflict })));
        putInstance(next, { repo, files }, change, merge, edit);
        break;
      }
      case 'SealedKey': {
        const path = sealedKeyPath(change.scope, change.key);
        const conflict = keyConflict(change, files.get(path));
        const settled = conflict === undefined ? undefined : settle(unit)(conflict);
        if (conflict !== undefined && settled === undefined) conflicts.push({ unit, ...conflict });
        if (settled !== undefined && settled.value !== conflict?.mine) break;
        if (change.next === null) next.set(path, undefined);
        else write(next, path, change.next.file);
        break;
      }
    }
  }
  return conflicts.length > 0 ? { state: 'conflict', conflicts } : { state: 'ready', files: withEntries(files, next) };
}

/**
 * The record that main has. Where it has none that can be read, one that was readable last stands for it: a restore puts
 * that right, and a removal takes away whatever is there.
 */
function theirsOf(
  { records, tombstones }: Repo,
  files: RepoContents,
  change: DocumentChange & { readonly kind: 'BotInstance' },
): BotInstance | null {
  const { name, base, next, text } = change;
  const there = records.get(name);
  if (there !== undefined) return there.record;
  const isBroken = files.has(recordPath(name));
  const standsIn = next === null ? isBroken : text !== undefined && (isBroken || !tombstones.has(name));
  return standsIn ? base : null;
}

/** A file that can't be read can't be merged with either; it can be removed, and replaced by what was readable once. */
function unreadable(repo: Repo, files: RepoContents, change: DocumentChange): string | undefined {
  if (change.kind === 'SealedKey' || change.next === null || change.text !== undefined) return undefined;
  const path = change.kind === 'Fleet' ? FLEET_PATH : recordPath(change.name);
  const isRead = change.kind === 'Fleet' ? repo.fleet !== null : repo.records.has(change.name);
  if (isRead || !files.has(path)) return undefined;
  const problem = repo.problems.find(({ file }) => file === path);
  const where = problem?.line === undefined ? path : `${path}:${problem.line}`;
  const what = change.kind === 'Fleet' ? 'the fleet' : 'the bot';
  const why = problem?.message ?? 'it is broken';
  return `${where} can not be read (${why}): put it right there, or restore ${what} to a commit of before, first.${stopByHand(repo, change)}`;
}

/**
 * For a person who has to stop a bot now: what is held is left as it is, a Deployment that somebody scaled too. Empty for
 * any other change, and where another program would scale it back.
 */
function stopByHand({ fleet }: Repo, change: DocumentChange): string {
  if (change.kind !== 'BotInstance' || fleet === null || applierOf(fleet) === 'external') return '';
  if (change.next?.spec.state !== 'stopped' || change.base?.spec.state === 'stopped') return '';
  const command = `kubectl -n ${fleet.spec.namespace} scale deployment/${change.name} --replicas=0`;
  return ` To stop it at once: \`${command}\`, which is left alone until its record can be read.`;
}

function putInstance(
  next: FileChanges,
  { repo, files }: { readonly repo: Repo; readonly files: RepoContents },
  change: DocumentChange & { readonly kind: 'BotInstance' },
  { merged }: Merge<BotInstance>,
  edit: Edit,
): void {
  const { name } = change;
  const there = repo.records.get(name);
  if (merged !== null) {
    const text = there?.text ?? change.text ?? null;
    write(next, recordPath(name), writeChanged(there?.record ?? null, text, merged));
    next.set(tombstonePath(name), undefined);
    return;
  }
  // Already gone by somebody's tombstone; without one the instance still has to leave properly.
  if (there === undefined && repo.tombstones.has(name)) return;
  removeUnitFiles(next, files, name);
  write(
    next,
    tombstonePath(name),
    writeRecord(newTombstone(name, change.data ?? 'retain', edit.at, edit.author.name.slice(0, 200) || 'unknown')),
  );
}

/** Takes the record, the rendered files and the keys of a unit away. */
export function removeUnitFiles(changes: FileChanges, files: RepoContents, name: string): void {
  changes.set(recordPath(name), undefined);
  for (const path of files.keys()) {
    if (path.startsWith(manifestFolder(name)) || path.startsWith(keyFolder(name))) changes.set(path, undefined);
  }
}

/** The text that is there, untouched where the document did not change. */
function writeChanged<T extends BotInstance | Fleet>(before: T | null, text: string | null, after: T): string {
  if (text === null) return writeRecord(after);
  return JSON.stringify(before) === JSON.stringify(after) ? text : writeRecord(after, text);
}

function write(files: FileChanges, path: string, text: string): void {
  files.set(path, Buffer.from(text));
}
