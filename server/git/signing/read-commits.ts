import type { Git } from '../client.ts';
import { commitId } from '../refs/ref.ts';
import { formatOf, readCommitObject, type CommitObject } from './commit-object.ts';

/** Commits of one question: their answer is far from what git may say at once. */
const BATCH = 2_000;

/** Commit objects by id; what isn't here, or is no commit, is left out. */
export async function readCommits(git: Git, ids: readonly string[]): Promise<ReadonlyMap<string, CommitObject>> {
  const found = new Map<string, CommitObject>();
  for (let at = 0; at < ids.length; at += BATCH) {
    const asked = ids.slice(at, at + BATCH).map(commitId);
    for (const { name, type, bytes } of await readObjects(git, asked)) {
      const commit = type === 'commit' ? readCommitObject(bytes, formatOf(name)) : undefined;
      if (commit !== undefined) found.set(name, commit);
    }
  }
  return found;
}

export interface FoundObject {
  /** As it was asked for. */
  readonly name: string;
  readonly id: string;
  /** `missing` for what isn't here. */
  readonly type: string;
  readonly bytes: Buffer;
}

/** Objects by names such as `<commit>:<path>`, in their order. */
export async function readObjects(git: Git, names: readonly string[]): Promise<readonly FoundObject[]> {
  if (names.length === 0) return [];
  const output = await git.catFile(['--batch'], { input: `${names.join('\n')}\n` });
  let at = 0;
  return names.map((name) => {
    const end = output.indexOf(10, at);
    const [id = '', type = '', size] = output.toString('utf8', at, end).split(' ');
    at = end + 1;
    const length =
      size !== undefined && /^[0-9]+$/.test(size) && /^[0-9a-f]{40,64}$/.test(id) ? Number(size) : undefined;
    if (length === undefined) return { name, id: '', type: 'missing', bytes: Buffer.alloc(0) };
    const bytes = output.subarray(at, at + length);
    at += length + 1;
    return { name, id, type, bytes };
  });
}
