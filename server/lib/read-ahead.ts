import type { FileContent } from '../../constructs/repo/rendered-file.ts';
import { readAhead } from '../../constructs/repo/read-file.ts';
import { inSlices } from './slices.ts';

/** Reads every file that was not read before, letting other work in between, so that `readRepo` has little left to do. */
export async function readAllAhead(
  files: ReadonlyMap<string, FileContent | undefined>,
  now?: () => number,
): Promise<void> {
  for await (const [path, bytes] of inSlices(files, now)) if (bytes !== undefined) readAhead(path, bytes);
}
