import { COMMITTER } from '../identity.ts';
import { parseTreeObject, type TreeItem } from './compare-trees.ts';
import type { GitObject, ObjectReader } from './object-reader.ts';

/** What lies between two commits, the second of which has the first in its history. */
export interface News {
  /** Files that differ. */
  readonly paths: readonly string[];
  /** What the later commit has of those that were wanted. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** Whether a server like this one made some of it. */
  readonly isOfServers: boolean;
}

/** Beyond these it is no small step, and is looked at as a whole. */
const MOST_COMMITS = 200;
const MOST_PATHS = 500;
const MOST_FILE_BYTES = 256 * 1024;
/** Nothing of an instances repo lies deeper. */
const DEPTH = 3;

/**
 * The news of a small step, without a process for each question. Undefined for a larger one, for one that is no step
 * forward, and where anything in it is not as in an instances repo: links, large files, folders that lie too deep.
 */
export async function readNews(
  reader: ObjectReader,
  prefix: string,
  from: string,
  to: string,
  isWanted: (path: string) => boolean,
): Promise<News | undefined> {
  const commits = await commitsBetween(reader, from, to);
  if (commits === undefined) return undefined;
  const [before, after] = await Promise.all([topOf(reader, prefix, from), topOf(reader, prefix, to)]);
  if (before === undefined || after === undefined) return undefined;
  const files = await changedFiles(reader, before, after);
  if (files === undefined) return undefined;
  const contents = new Map<string, Uint8Array>();
  for (const [path, oid] of files) {
    if (oid === null || !isWanted(path)) continue;
    const file = await reader.read(oid);
    if (file?.type !== 'blob' || file.bytes.length > MOST_FILE_BYTES) return undefined;
    contents.set(path, new Uint8Array(file.bytes));
  }
  const ours = `${COMMITTER.name} <${COMMITTER.email}> `;
  const isOfServers = commits.some((commit) => headersOf(commit, 'committer')[0]?.startsWith(ours));
  return { paths: [...files.keys()], contents, isOfServers };
}

/** Some of the commits that `to` has and `from` has not; undefined where `from` is not found in its history. */
async function commitsBetween(reader: ObjectReader, from: string, to: string): Promise<GitObject[] | undefined> {
  const between: GitObject[] = [];
  const seen = new Set([to]);
  // In the order in which they were found: `from` is few steps away, or the step is not small.
  for (const commit of seen) {
    if (commit === from) return between;
    const object = await reader.read(commit);
    if (object?.type !== 'commit') return undefined;
    between.push(object);
    for (const parent of headersOf(object, 'parent')) seen.add(parent);
    if (seen.size > MOST_COMMITS) return undefined;
  }
  return undefined;
}

function headersOf({ bytes }: GitObject, name: string): readonly string[] {
  const head = bytes.toString('latin1', 0, Math.max(bytes.indexOf('\n\n'), 0));
  return head.split('\n').flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
}

/** The tree of the folder `prefix` of a commit. */
async function topOf(reader: ObjectReader, prefix: string, commit: string): Promise<string | undefined> {
  const object = await reader.read(commit);
  let tree = object?.type === 'commit' ? headersOf(object, 'tree')[0] : undefined;
  for (const name of prefix.split('/').filter((each) => each !== '')) {
    const item: TreeItem | undefined = tree === undefined ? undefined : (await itemsOf(reader, tree))?.get(name);
    tree = item?.isTree === true ? item.oid : undefined;
  }
  return tree;
}

/** Of null: none. */
async function itemsOf(reader: ObjectReader, tree: string | null): Promise<ReadonlyMap<string, TreeItem> | undefined> {
  if (tree === null) return new Map();
  const object = await reader.read(tree);
  return object?.type === 'tree' ? new Map(parseTreeObject(object.bytes, tree.length / 2)) : undefined;
}

/** Object ids by path, null for a file that is gone. */
async function changedFiles(
  reader: ObjectReader,
  before: string,
  after: string,
): Promise<ReadonlyMap<string, string | null> | undefined> {
  const files = new Map<string, string | null>();
  const folders = [{ folder: '', before: before as string | null, after: after as string | null, depth: 1 }];
  for (const { folder, depth, ...trees } of folders) {
    const olds = await itemsOf(reader, trees.before);
    const youngs = await itemsOf(reader, trees.after);
    if (olds === undefined || youngs === undefined) return undefined;
    for (const name of new Set([...olds.keys(), ...youngs.keys()])) {
      const [old, young] = [olds.get(name), youngs.get(name)];
      if (old?.oid === young?.oid && old?.mode === young?.mode) continue;
      const path = `${folder}${name}`;
      if (old?.isTree === true || young?.isTree === true) {
        const isFolder = (old?.isTree ?? true) && (young?.isTree ?? true);
        if (!isFolder || depth === DEPTH) return undefined;
        folders.push({ folder: `${path}/`, before: old?.oid ?? null, after: young?.oid ?? null, depth: depth + 1 });
      } else {
        if (young !== undefined && young.mode !== '100644') return undefined;
        files.set(path, young?.oid ?? null);
      }
      if (files.size + folders.length > MOST_PATHS) return undefined;
    }
  }
  return files;
}
