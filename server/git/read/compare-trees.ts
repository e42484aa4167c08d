import type { Git } from '../client.ts';
import { TREE_CAPS } from './read-tree.ts';

export interface ChangedPath {
  readonly path: string;
  readonly change: 'added' | 'modified' | 'removed';
}

/** `dist/bot-alpha/deployment.yaml`: nothing of an instances repo lies deeper. */
const DEPTH = 3;
/** A tree of 80,000 names has four MiB. */
const TREE_BYTES = 8 * 1024 * 1024;
const ALL_BYTES = 48 * 1024 * 1024;

interface Place {
  /** With its slash; empty for the top. */
  readonly folder: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** One name of a tree. */
export interface TreeItem {
  readonly isTree: boolean;
  readonly mode: string;
  readonly oid: string;
}

/**
 * What differs between two trees, read level by level, the same folder once. A folder that lies too deep, is too large or
 * comes after too many others is told as one path and not looked into, so that no tree costs more than the caps. Only
 * what lies in one of `paths` is told; none: everything.
 */
export async function compareTrees(
  git: Git,
  before: string | null,
  after: string | null,
  paths: readonly string[] = [],
): Promise<readonly ChangedPath[]> {
  const found: ChangedPath[] = [];
  const budget = { bytes: ALL_BYTES };
  const isWithin = (path: string) => paths.length === 0 || paths.some((each) => `${path}/`.startsWith(`${each}/`));
  const leadsTo = (path: string) => isWithin(path) || paths.some((each) => each.startsWith(`${path}/`));
  let level: Place[] = [{ folder: '', before, after }];
  for (let depth = 1; level.length > 0; depth += 1) {
    const trees = await readTrees(git, level, budget);
    const next: Place[] = [];
    for (const { folder, before: old, after: young } of level) {
      const [olds, youngs] = [entriesOf(trees, old), entriesOf(trees, young)];
      if (olds === undefined || youngs === undefined) {
        const path = folder.replace(/\/$/, '');
        if (isWithin(path)) found.push({ path, change: changeOf(old, young) });
        continue;
      }
      for (const name of new Set([...olds.keys(), ...youngs.keys()])) {
        const [one, other] = [olds.get(name), youngs.get(name)];
        if (one?.oid === other?.oid && one?.mode === other?.mode) continue;
        const path = `${folder}${name}`;
        const inside = { folder: `${path}/`, before: treeIn(one), after: treeIn(other) };
        const isOpened = depth < DEPTH && found.length + next.length < TREE_CAPS.files;
        const hasFolder = inside.before !== null || inside.after !== null;
        if (hasFolder && isOpened && leadsTo(path)) next.push(inside);
        const [file, otherFile] = hasFolder && isOpened ? [fileIn(one), fileIn(other)] : [one, other];
        if (isWithin(path) && (file ?? otherFile) !== undefined) {
          found.push({ path, change: changeOf(file ?? null, otherFile ?? null) });
        }
      }
    }
    level = next;
  }
  return found.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
}

const treeIn = (entry: TreeItem | undefined): string | null => (entry?.isTree === true ? entry.oid : null);
const fileIn = (entry: TreeItem | undefined): TreeItem | undefined => (entry?.isTree === true ? undefined : entry);

function changeOf(before: unknown, after: unknown): ChangedPath['change'] {
  if (before === null) return 'added';
  return after === null ? 'removed' : 'modified';
}

type Trees = ReadonlyMap<string, ReadonlyMap<string, TreeItem>>;

const NONE: ReadonlyMap<string, TreeItem> = new Map();

/** Undefined for a tree that was not read. */
function entriesOf(trees: Trees, oid: string | null): ReadonlyMap<string, TreeItem> | undefined {
  return oid === null ? NONE : trees.get(oid);
}

async function readTrees(git: Git, level: readonly Place[], budget: { bytes: number }): Promise<Trees> {
  const trees = new Map<string, ReadonlyMap<string, TreeItem>>();
  const oids = [...new Set(level.flatMap(({ before, after }) => [before, after]))].filter((oid) => oid !== null);
  const wanted: string[] = [];
  const sizes = await git.catFile(['--batch-check'], { input: `${oids.join('\n')}\n` });
  for (const line of sizes.toString('latin1').trimEnd().split('\n')) {
    const [oid = '', type, size] = line.split(' ');
    if (type !== 'tree' || Number(size) > Math.min(TREE_BYTES, budget.bytes)) continue;
    budget.bytes -= Number(size);
    wanted.push(oid);
  }
  if (wanted.length === 0) return trees;
  const output = await git.catFile(['--batch'], { input: `${wanted.join('\n')}\n` });
  for (let at = 0; at < output.length;) {
    const end = output.indexOf(10, at);
    const [oid = '', , size = '0'] = output.toString('latin1', at, end).split(' ');
    const start = end + 1;
    at = start + Number(size) + 1;
    trees.set(oid, new Map(parseTreeObject(output.subarray(start, at - 1), oid.length / 2)));
  }
  return trees;
}

/** `<mode> <name>\0<id in bytes>`, again and again. */
export function* parseTreeObject(bytes: Buffer, idLength: number): Generator<[string, TreeItem]> {
  for (let at = 0; at < bytes.length;) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space);
    const mode = bytes.toString('latin1', at, space);
    at = end + 1 + idLength;
    const oid = bytes.toString('hex', end + 1, at);
    yield [bytes.toString('utf8', space + 1, end), { isTree: mode === '40000', mode, oid }];
  }
}
