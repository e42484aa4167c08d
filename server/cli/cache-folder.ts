import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this user's caches are by the XDG base directory rules; null where no home folder is known. */
export function cacheFolderOf(env: Readonly<Record<string, string | undefined>>): string | null {
  const named = env.XDG_CACHE_HOME;
  // Set but empty counts as not set.
  const base = named === undefined || named === '' ? join(env.HOME ?? homedir(), '.cache') : named;
  return base.startsWith('/') ? join(base, 'claworc') : null;
}
