import { setImmediate as nextTurn } from 'node:timers/promises';
import { readAhead } from '../../constructs/repo/read-file.ts';
import type { RepoFiles } from '../../constructs/repo/repo.ts';

/** How long reading may keep the process from answering requests, in milliseconds; one file more can be under way. */
const SLICE_MS = 10;

/** Reads every file that was not read before, letting other work in between, so that `readRepo` has little left to do. */
export async function readAllAhead(files: RepoFiles, now: () => number = () => performance.now()): Promise<void> {
  let sliceEnd = now() + SLICE_MS;
  for (const [path, bytes] of files) {
    readAhead(path, bytes);
    if (now() < sliceEnd) continue;
    await nextTurn();
    sliceEnd = now() + SLICE_MS;
  }
}
