import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../client.ts';

/** Asks where a branch, or HEAD, is. */
export interface HeadReader {
  /** Null before the first commit. */
  readonly read: () => Promise<string | null>;
  /** Says that git was seen to put the ref on this commit. */
  readonly note: (commit: string) => void;
}

/** Longer than any object id with its line end. */
const MOST_BYTES = 128;
const ID_LINE = /^([0-9a-f]{40}|[0-9a-f]{64})\n$/;

/**
 * Reads `ref`. Git is asked once for each value that the file of a branch has: an object id names the same commit for
 * ever, and to start a process costs a large one more than everything else of a look at main. Where there is no such file
 * (packed refs, another ref format), or it holds no bare id (HEAD, a symbolic ref, a link), git is asked each time.
 */
export function createHeadReader(git: Git, commonFolder: string, ref: string): HeadReader {
  const file = join(commonFolder, ref);
  let known: string | undefined;
  return {
    read: async () => {
      const id = await readId(file);
      if (id !== undefined && id === known) return id;
      const output = await git.text(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`], { expect: [0, 1] });
      const commit = output.trim() === '' ? null : output.trim();
      if (commit === id) known = id;
      return commit;
    },
    note: (commit) => {
      known = commit;
    },
  };
}

/** The id that a loose ref holds and nothing else; undefined for whatever git has to judge. */
export function readLooseRef(commonFolder: string, ref: string): Promise<string | undefined> {
  return readId(join(commonFolder, ref));
}

async function readId(file: string): Promise<string | undefined> {
  try {
    // A pipe in its place must not be waited for, nor a link followed.
    await using handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(MOST_BYTES), 0, MOST_BYTES, 0);
    return ID_LINE.exec(buffer.toString('latin1', 0, bytesRead))?.[1];
  } catch {
    return undefined;
  }
}
