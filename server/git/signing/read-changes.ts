import { FLEET_PATH, placeOf } from '../../../constructs/repo/paths.ts';
import type { Git } from '../client.ts';
import { relative } from '../folder/subfolder.ts';
import type { PathChange } from './unsigned-content.ts';

/** Folders whose files say what bots are. What is rendered from them is compared with them before it is used. */
const SAYING = ['instances', 'tombstones', 'secrets'] as const;

/** A tree that contains itself can't make git compare without an end. */
const CAPPED = { allocationBytes: 1024 * 1024, silentMs: 20_000 } as const;
const BATCH = 2_000;

export interface CommitPair {
  readonly commit: string;
  /** Null: all of the commit is new. */
  readonly parent: string | null;
}

export type ChangesOfPair = ReadonlyMap<string, PathChange>;

/**
 * What commits changed beside one parent each (null: beside nothing), in their order, of the files that say what bots are;
 * seen from the folder `prefix`.
 */
export async function readChanges(
  git: Git,
  prefix: string,
  pairs: readonly CommitPair[],
): Promise<readonly ChangesOfPair[]> {
  const found: ChangesOfPair[] = [];
  const paths = [FLEET_PATH, ...SAYING].map((path) => `:(literal)${prefix}${path}`);
  for (let at = 0; at < pairs.length; at += BATCH) {
    const lines = pairs
      .slice(at, at + BATCH)
      .map(({ commit, parent }) => (parent === null ? commit : `${commit} ${parent}`));
    const args = ['--stdin', '-r', '-z', '--root', '--always', '--raw', '--no-renames', '--no-abbrev', '--format=%H'];
    const options = ['--no-ext-diff', '--no-textconv', '--diff-merges=first-parent', ...relative(prefix)];
    const output = await git.text(['diff-tree', ...args, ...options, '--', ...paths], {
      input: `${lines.join('\n')}\n`,
      ...CAPPED,
    });
    found.push(...parseChanges(output));
  }
  if (found.length !== pairs.length) throw new RangeError('git compared other commits than it was asked for');
  return found;
}

function parseChanges(output: string): ChangesOfPair[] {
  const found: Map<string, PathChange>[] = [];
  const tokens = output.split('\0');
  for (let next = 0; next < tokens.length; next += 1) {
    const token = (tokens[next] ?? '').replace(/^\n/, '');
    if (/^[0-9a-f]{40,64}$/.test(token)) found.push(new Map());
    const [, from = '', to = ''] = /^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) [A-Z]$/.exec(token) ?? [];
    if (from === '') continue;
    const path = tokens[(next += 1)] ?? '';
    const { kind } = placeOf(path);
    if (kind === 'other' || kind === 'manifest') continue;
    found.at(-1)?.set(path, { from: blob(from), to: blob(to) });
  }
  return found;
}

function blob(id: string): string | null {
  return /^0+$/.test(id) ? null : id;
}
