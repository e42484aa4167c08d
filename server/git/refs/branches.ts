import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readSmallFile } from '../../lib/small-file.ts';
import type { Git } from '../client.ts';
import { commitId, isOwnRef, type OwnRef } from './ref.ts';

const HEADS = 'refs/heads/';
/** A reference is one line. */
const REFERENCE = { most: 4_096, follows: false } as const;

/** Branches and their commits; one whose name is not as `refName` wants it, or that is no commit, is left out. */
export async function listBranches(git: Git): Promise<ReadonlyMap<OwnRef, string>> {
  const output = await git.text(['for-each-ref', '--format=%(objecttype) %(objectname) %(refname)', HEADS]);
  const branches = new Map<OwnRef, string>();
  for (const line of output.split('\n')) {
    const [type, commit = '', ref = ''] = line.split(' ');
    if (type === 'commit' && isOwnRef(ref)) branches.set(ref, commitId(commit));
  }
  return branches;
}

/**
 * What the files of branches other than `main` say, and when refs were packed last. It moves whenever one of them does,
 * and rarely else. Null where refs are kept in another way.
 */
export async function branchesMark(gitFolder: string, main: string): Promise<string | null> {
  const folder = join(gitFolder, HEADS);
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
    const loose = await Promise.all(
      files
        .filter((file) => file !== join(gitFolder, main) && !file.endsWith('.lock'))
        .sort()
        .map(async (file) => `${file} ${await readSmallFile(file, REFERENCE).then(String, () => '')}`),
    );
    const packed = await stat(join(gitFolder, 'packed-refs')).catch(() => undefined);
    return [...loose, packed?.mtimeMs, packed?.size].join('\n');
  } catch {
    return null;
  }
}

export async function countCommits(git: Git, since: string, until: string): Promise<number> {
  return Number(await git.text(['rev-list', '--count', '--end-of-options', until, `^${since}`]));
}

/** Whether a branch, main among them, has a commit of this repository in its history. */
export async function isOnBranch(git: Git, commit: string): Promise<boolean> {
  const format = '--format=%(refname)';
  return (await git.text(['for-each-ref', '--count=1', `--contains=${commit}`, format, HEADS])).trim() !== '';
}
