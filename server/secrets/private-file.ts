import { link, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { RandomBytes } from '../lib/random.ts';
import { fileErrorCode } from './errors.ts';

/**
 * Makes `file` with mode 0600 and all of its content at once, safe against power loss. False, and nothing written, when
 * there is one already: an identity that is overwritten takes every sealed key with it.
 */
export async function createPrivateFile(
  file: string,
  content: string | Uint8Array,
  random: RandomBytes,
): Promise<boolean> {
  const suffix = Buffer.from(random(6)).toString('hex');
  const partial = join(dirname(file), `.${suffix}.partial`);
  const handle = await open(partial, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    // A hard link, not a rename: a rename would replace a file that another process has made meanwhile.
    await link(partial, file);
    return true;
  } catch (error) {
    if (fileErrorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(partial, { force: true });
    await syncFolder(dirname(file));
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
