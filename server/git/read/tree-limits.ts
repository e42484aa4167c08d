import { FLEET_UNIT, GLOBAL_SCOPE, placeOf } from '../../../constructs/repo/paths.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { TreeEntry } from './tree.ts';

export interface Refused {
  readonly path: string;
  readonly reason: string;
}

interface Split<Entry> {
  readonly entries: readonly Entry[];
  readonly refused: readonly Refused[];
}

/** The folder of one unit that a file lies in, with its slash. The keys of the whole fleet are no folder of one unit. */
export function unitFolder(path: string): string | undefined {
  const [root, unit, ...below] = path.split('/');
  const isOfUnit = root === 'dist' || (root === 'secrets' && unit !== GLOBAL_SCOPE);
  return isOfUnit && below.length > 0 ? `${root}/${unit}/` : undefined;
}

interface Named {
  readonly path: string;
}

/** Leaves out the folders of units with too many files: what somebody put into one holds its unit and no other. */
export function withoutFullFolders<Entry extends Named>(entries: readonly Entry[], unitFiles: number): Split<Entry> {
  const describe = (total: number) => `holds ${total} files; at most ${unitFiles} are read of one folder`;
  return withoutFolders(entries, () => 1, unitFiles, describe);
}

/** Leaves out the folders of units with too many bytes. */
export function withoutLargeFolders<Entry extends Named>(
  entries: readonly Entry[],
  size: (entry: Entry) => number,
  unitBytes: number,
): Split<Entry> {
  const describe = (total: number) => `holds ${total} bytes; at most ${unitBytes} are read of one folder`;
  return withoutFolders(entries, size, unitBytes, describe);
}

function withoutFolders<Entry extends Named>(
  entries: readonly Entry[],
  size: (entry: Entry) => number,
  limit: number,
  describe: (total: number) => string,
): Split<Entry> {
  const totals = new Map<string, number>();
  for (const entry of entries) {
    const folder = unitFolder(entry.path);
    if (folder !== undefined) totals.set(folder, (totals.get(folder) ?? 0) + size(entry));
  }
  const over = new Map([...totals].filter(([, total]) => total > limit));
  return {
    entries: over.size === 0 ? entries : entries.filter(({ path }) => !over.has(unitFolder(path) ?? '')),
    refused: [...over].map(([path, total]) => ({ path, reason: describe(total) })),
  };
}

/**
 * Leaves out what no bot is made from: the folders of units that have neither record nor tombstone, and files in places where
 * nothing is read (a `node_modules` that somebody committed below instances/).
 */
export function withoutStrays(entries: readonly TreeEntry[]): Split<TreeEntry> {
  const units = new Set([FLEET_UNIT]);
  for (const { path } of entries) {
    const name = /^(?:instances|tombstones)\/(.+)\.yaml$/.exec(path)?.[1];
    if (name !== undefined) units.add(name);
  }
  const isStray = ({ path }: TreeEntry): boolean => {
    if (unitFolder(path) !== undefined && !units.has(path.split('/')[1] ?? '')) return true;
    const { kind } = placeOf(path);
    return kind === 'stray' || kind === 'other';
  };
  const roots = new Set(entries.filter(isStray).map(({ path }) => path.split('/')[0] ?? ''));
  return {
    entries: entries.filter((entry) => !isStray(entry)),
    refused: [...roots].map((root) => ({
      path: `${root}/`,
      reason: 'the repository has more than is read: what belongs to no bot was left out here',
    })),
  };
}

/** Says where most of the files lie. */
export function tooManyFiles(entries: readonly TreeEntry[], files: number): ClaworcError {
  const [folder, inFolder] = fullest(entries, () => 1);
  const what = `main holds ${entries.length} files of an instances repo, ${inFolder} of them in ${folder}; at most ${files} are read`;
  return beyond(what, folder);
}

/** Says where most of the bytes lie. */
export function tooManyBytes(
  entries: readonly TreeEntry[],
  size: (entry: TreeEntry) => number,
  treeBytes: number,
): ClaworcError {
  const [folder, inFolder] = fullest(entries, size);
  const total = entries.reduce((sum, entry) => sum + size(entry), 0);
  const what = `the files of an instances repo on main are ${total} bytes together, ${inFolder} of them in ${folder}; at most ${treeBytes} are read`;
  return beyond(what, folder);
}

/** For a listing that was ended before its end; says where most of what it began with lies. */
export function tooManyNames(entries: readonly TreeEntry[], listBytes: number): ClaworcError {
  const totals = new Map<string, number>();
  for (const { path } of entries) {
    const folder = unitFolder(path) ?? `${path.split('/')[0] ?? ''}/`;
    totals.set(folder, (totals.get(folder) ?? 0) + 1);
  }
  const [folder] = greatest(totals);
  const what = `the names of the files of an instances repo on main alone are more than ${listBytes} bytes, most of them in ${folder}`;
  return beyond(what, folder);
}

function beyond(what: string, folder: string): ClaworcError {
  const help = `A commit that takes out of ${folder} what does not belong there puts that right`;
  return new ClaworcError('too_large', `${what}. ${help}`, { subject: folder });
}

/** The folder with the greatest total: a top folder, but that the keys of the whole fleet are told apart. */
function fullest(entries: readonly TreeEntry[], size: (entry: TreeEntry) => number): readonly [string, number] {
  const totals = new Map<string, number>();
  for (const entry of entries) {
    const [root = '', scope] = entry.path.split('/');
    const folder = root === 'secrets' && scope === GLOBAL_SCOPE ? `${root}/${scope}/` : `${root}/`;
    totals.set(folder, (totals.get(folder) ?? 0) + size(entry));
  }
  return greatest(totals);
}

function greatest(totals: ReadonlyMap<string, number>): readonly [string, number] {
  return [...totals].reduce((most, each) => (each[1] > most[1] ? each : most), ['', 0]);
}
