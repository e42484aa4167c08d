import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FileContent } from '../../../constructs/repo/rendered-file.ts';
import { FLEET_PATH, FOLDERS } from '../../../constructs/repo/paths.ts';
import type { Git } from '../client.ts';
import {
  tooManyBytes,
  tooManyFiles,
  tooManyNames,
  withoutFullFolders,
  withoutLargeFolders,
  withoutStrays,
} from './tree-limits.ts';
import { parseTree, refusalOf, type TreeEntry } from './tree.ts';

/** The files of an instances repo at one commit. Unchanged files are the same value as in an earlier answer. */
export interface RepoTree<Content = Uint8Array> {
  readonly files: ReadonlyMap<string, Content>;
  /** Entries that were not read, and why. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
}

export interface TreeCaps {
  readonly files: number;
  readonly fileBytes: number;
  readonly treeBytes: number;
  /** Of the folder of one unit, which alone is left out where it has more. */
  readonly unitFiles: number;
  readonly unitBytes: number;
}

/** Room for 5,000 bots; a repository beyond them is refused before its content is read. A bot has a dozen small files. */
export const TREE_CAPS: TreeCaps = {
  files: 80_000,
  fileBytes: 256 * 1024,
  treeBytes: 256 * 1024 * 1024,
  unitFiles: 500,
  unitBytes: 4 * 1024 * 1024,
};

/** All that an instances repo consists of; whatever else lies in a repository is not looked at. */
const ROOTS = [FLEET_PATH, ...FOLDERS] as const;

/** Of the list of all files: git makes it before they can be counted. 80,000 files of bots have a fifth of it. */
const LIST_BYTES = 48 * 1024 * 1024;

/** Entries that are parsed at once, in some milliseconds. */
const PART = 5_000;

type Keep = (bytes: Uint8Array) => FileContent;

/** Reads trees with a cache of what is kept of blobs, so that a new commit costs only what it changed. */
export function createTreeReader(git: Git, caps?: TreeCaps): (tree: string) => Promise<RepoTree>;
/** `keepOfDist` says what is kept of a file under dist/. */
export function createTreeReader(
  git: Git,
  caps: TreeCaps | undefined,
  keepOfDist: Keep,
): (tree: string) => Promise<RepoTree<FileContent>>;
export function createTreeReader(git: Git, caps: TreeCaps = TREE_CAPS, keepOfDist: Keep = asItIs) {
  // Apart, as the same blob may lie in both.
  const shelves = { dist: new Shelf(keepOfDist), other: new Shelf(asItIs) };
  const shelfOf = ({ path }: TreeEntry): Shelf => (path.startsWith('dist/') ? shelves.dist : shelves.other);
  const readOne = async (tree: string): Promise<RepoTree<FileContent>> => {
    const output = await git.text(['ls-tree', '-r', '-z', '--full-tree', tree, '--', ...ROOTS], {
      limit: {
        bytes: LIST_BYTES,
        refuse: (said) => tooManyNames([...parseTree(said, Infinity)].flat(), LIST_BYTES),
      },
    });
    const listed: TreeEntry[] = [];
    for (const part of parseTree(output, PART)) {
      listed.push(...part);
      await nextTurn();
    }
    const { entries, refused } = limitFiles(listed, caps);
    await nextTurn();
    const missing = (among: readonly TreeEntry[]) => among.filter((entry) => !shelfOf(entry).kept.has(entry.oid));
    const sizes = await readSizes(git, [...new Set(missing(entries).map(({ oid }) => oid))]);
    const sizeOf = (entry: TreeEntry) => sizeIn(shelfOf(entry).kept.get(entry.oid)) ?? sizes.get(entry.oid) ?? 0;
    const readable = entries.filter((entry) => sizeOf(entry) <= caps.fileBytes);
    const small = withoutLargeFolders(readable, sizeOf, caps.unitBytes);
    refused.push(...small.refused);
    const large = entries.filter((entry) => sizeOf(entry) > caps.fileBytes);
    refused.push(
      ...large.map((entry) => ({
        path: entry.path,
        reason: `is ${sizeOf(entry)} bytes; at most ${caps.fileBytes} are read`,
      })),
    );
    const bytesOf = (among: readonly TreeEntry[]) => among.reduce((sum, entry) => sum + sizeOf(entry), 0);
    const isWithin = bytesOf(small.entries) <= caps.treeBytes;
    const known = isWithin ? { entries: small.entries, refused: [] } : withoutStrays(small.entries);
    refused.push(...known.refused);
    const plain = known.entries;
    if (bytesOf(plain) > caps.treeBytes) throw tooManyBytes(plain, sizeOf, caps.treeBytes);
    for (const batch of batchesOf(missing(plain), sizes)) {
      const blobs = await readBlobs(git, [...new Set(batch.map(({ oid }) => oid))]);
      for (const entry of batch) shelfOf(entry).put(entry.oid, blobs.get(entry.oid));
      await nextTurn();
    }
    const files = new Map<string, FileContent>();
    for (const entry of plain) {
      const content = shelfOf(entry).take(entry.oid);
      if (content === undefined) refused.push({ path: entry.path, reason: 'is not in the repository' });
      else files.set(entry.path, content);
    }
    for (const shelf of Object.values(shelves)) shelf.forgetRest();
    return { files, refused };
  };
  // One after the other: what a tree does not have is forgotten at its end, which another one may be about to take.
  let reading: Promise<unknown> = Promise.resolve();
  return (tree: string): Promise<RepoTree<FileContent>> => {
    const mine = reading.then(() => readOne(tree));
    reading = mine.catch(() => undefined);
    return mine;
  };
}

/** A copy: the bytes are a view of all that git said at once, which would stay in memory with them. */
const asItIs: Keep = (bytes) => Uint8Array.prototype.slice.call(bytes);

function sizeIn(content: FileContent | undefined): number | undefined {
  return content instanceof Uint8Array ? content.length : content?.size;
}

/** What is kept of blobs by object id; of those that the last tree had. */
class Shelf {
  readonly #keep: Keep;
  #kept = new Map<string, FileContent>();
  #taken = new Map<string, FileContent>();

  constructor(keep: Keep) {
    this.#keep = keep;
  }

  get kept(): ReadonlyMap<string, FileContent> {
    return this.#kept;
  }

  put(oid: string, bytes: Uint8Array | undefined): void {
    if (bytes !== undefined && !this.#kept.has(oid)) this.#kept.set(oid, this.#keep(bytes));
  }

  take(oid: string): FileContent | undefined {
    const content = this.#kept.get(oid);
    if (content !== undefined) this.#taken.set(oid, content);
    return content;
  }

  forgetRest(): void {
    this.#kept = this.#taken;
    this.#taken = new Map();
  }
}

/** Bytes that are asked of git at once: of a large fleet never all of dist/ is in memory. */
const BATCH_BYTES = 4 * 1024 * 1024;

function* batchesOf(entries: readonly TreeEntry[], sizes: ReadonlyMap<string, number>): Generator<TreeEntry[]> {
  let batch: TreeEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = sizes.get(entry.oid);
    if (size === undefined) continue;
    if (batch.length > 0 && bytes + size > BATCH_BYTES) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** What may be read of a tree as far as its names tell, and what not. Throws `too_large` where records themselves are too many. */
function limitFiles(listed: readonly TreeEntry[], caps: TreeCaps) {
  const refused = listed.flatMap((entry) => {
    const reason = refusalOf(entry);
    return reason === undefined ? [] : [{ path: entry.path, reason }];
  });
  const plain = listed.filter((entry) => refusalOf(entry) === undefined);
  const units = withoutFullFolders(plain, caps.unitFiles);
  refused.push(...units.refused);
  const isWithin = units.entries.length <= caps.files;
  const known = isWithin ? { entries: units.entries, refused: [] } : withoutStrays(units.entries);
  refused.push(...known.refused);
  if (known.entries.length > caps.files) {
    throw tooManyFiles(known.entries, caps.files);
  }
  return { entries: known.entries, refused };
}

/** Bytes by object id, of the blobs that are there. */
async function readSizes(git: Git, oids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (oids.length === 0) return new Map();
  const sizes = await git.catFile(['--batch-check'], { input: `${oids.join('\n')}\n` });
  const lines = sizes.toString('utf8').trimEnd().split('\n');
  const blobs = lines.map((line) => line.split(' ')).filter(([, type]) => type === 'blob');
  return new Map(blobs.map(([oid = '', , size = '0']) => [oid, Number(size)]));
}

/** Content by object id. */
async function readBlobs(git: Git, oids: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>> {
  if (oids.length === 0) return new Map();
  return new Map(parseBatch(await git.catFile(['--batch'], { input: `${oids.join('\n')}\n` })));
}

/** `<oid> blob <size>\n<content>\n`, again and again. Contents are views: thousands of copies would leave memory full of holes. */
function* parseBatch(output: Buffer): Generator<[string, Uint8Array]> {
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    if (end < 0) return;
    const [oid = '', , size = '0'] = output.toString('latin1', at, end).split(' ');
    const start = end + 1;
    const stop = start + Number(size);
    yield [oid, output.subarray(start, stop)];
    at = stop + 1;
  }
}
