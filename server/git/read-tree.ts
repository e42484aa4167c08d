import { FLEET_PATH, FOLDERS } from '../../constructs/repo/paths.ts';
import { ClaworcError } from '../lib/errors.ts';
import type { Git } from './client.ts';
import { parseTree, refusalOf, type TreeEntry } from './tree.ts';

/** The files of an instances repo at one commit. Unchanged files are the same `Uint8Array` as in an earlier answer. */
export interface RepoTree {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Entries that were not read, and why. */
  readonly refused: readonly { readonly path: string; readonly reason: string }[];
}

export interface TreeCaps {
  readonly files: number;
  readonly fileBytes: number;
  readonly treeBytes: number;
}

/** Room for 5,000 bots; a repository beyond them is refused before its content is read. */
export const TREE_CAPS: TreeCaps = { files: 80_000, fileBytes: 256 * 1024, treeBytes: 256 * 1024 * 1024 };

/** All that an instances repo consists of; whatever else lies in a repository is not looked at. */
const ROOTS = [FLEET_PATH, ...FOLDERS] as const;

/** Reads trees with a cache of blobs by object id, so that a new commit costs only what it changed. */
export function createTreeReader(git: Git, caps: TreeCaps = TREE_CAPS): (tree: string) => Promise<RepoTree> {
  let cache = new Map<string, Uint8Array | string>();
  return async (tree) => {
    const entries = parseTree(await git.text(['ls-tree', '-r', '-z', '--full-tree', tree, '--', ...ROOTS]));
    if (entries.length > caps.files) {
      throw new ClaworcError(
        'too_large',
        `The repository has ${entries.length} files; at most ${caps.files} are read.`,
      );
    }
    const refused = entries.flatMap((entry) => {
      const reason = refusalOf(entry);
      return reason === undefined ? [] : [{ path: entry.path, reason }];
    });
    const plain = entries.filter((entry) => refusalOf(entry) === undefined);
    const fresh = await readBlobs(git, missing(plain, cache), caps);
    const used = new Map<string, Uint8Array | string>();
    const files = new Map<string, Uint8Array>();
    let total = 0;
    for (const { oid, path } of plain) {
      const content = fresh.get(oid) ?? cache.get(oid) ?? 'is not in the repository';
      used.set(oid, content);
      if (typeof content === 'string') refused.push({ path, reason: content });
      else {
        files.set(path, content);
        total += content.byteLength;
      }
    }
    if (total > caps.treeBytes) throw tooLarge(caps);
    cache = used;
    return { files, refused };
  };
}

function missing(entries: readonly TreeEntry[], cache: ReadonlyMap<string, unknown>): string[] {
  return [...new Set(entries.map(({ oid }) => oid))].filter((oid) => !cache.has(oid));
}

/** Content by object id; a text where the content may not be read, saying why. */
async function readBlobs(git: Git, oids: readonly string[], caps: TreeCaps): Promise<Map<string, Uint8Array | string>> {
  const found = new Map<string, Uint8Array | string>();
  if (oids.length === 0) return found;
  const wanted: string[] = [];
  let total = 0;
  const sizes = await git.catFile(['--batch-check'], { input: `${oids.join('\n')}\n` });
  for (const line of sizes.toString('utf8').trimEnd().split('\n')) {
    const [oid = '', type, size = '0'] = line.split(' ');
    if (type !== 'blob') continue;
    if (Number(size) > caps.fileBytes) {
      found.set(oid, `is ${size} bytes; at most ${caps.fileBytes} are read`);
      continue;
    }
    total += Number(size);
    wanted.push(oid);
  }
  if (total > caps.treeBytes) throw tooLarge(caps);
  if (wanted.length === 0) return found;
  const output = await git.catFile(['--batch'], { input: `${wanted.join('\n')}\n` });
  for (const [oid, content] of parseBatch(output)) found.set(oid, content);
  return found;
}

/** `<oid> blob <size>\n<content>\n`, again and again. Contents are copies: a slice would keep the whole output alive. */
function* parseBatch(output: Buffer): Generator<[string, Uint8Array]> {
  let at = 0;
  while (at < output.length) {
    const end = output.indexOf(10, at);
    if (end < 0) return;
    const [oid = '', , size = '0'] = output.toString('latin1', at, end).split(' ');
    const start = end + 1;
    const stop = start + Number(size);
    yield [oid, Uint8Array.prototype.slice.call(output, start, stop)];
    at = stop + 1;
  }
}

function tooLarge(caps: TreeCaps): ClaworcError {
  return new ClaworcError('too_large', `The files of the repository are larger than ${caps.treeBytes} bytes together.`);
}
