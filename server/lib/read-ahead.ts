import { setImmediate as nextTurn } from 'node:timers/promises';
import { readAhead } from '../../constructs/repo/read-file.ts';

/** How long reading may keep the process from answering requests, in milliseconds; one file more can be under way. */
const SLICE_MS = 10;

/** Reads every file that was not read before, letting other work in between, so that `readRepo` has little left to do. */
export async function readAllAhead(
  files: ReadonlyMap<string, Uint8Array | undefined>,
  now: () => number = () => performance.now(),
): Promise<void> {
  let sliceEnd = now() + SLICE_MS;
  for (const [path, bytes] of files) {
    if (bytes !== undefined) readAhead(path, bytes);
    if (now() < sliceEnd) continue;
    await nextTurn();
    sliceEnd = now() + SLICE_MS;
  }
}
