import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where this user's caches are by the XDG base directory rules; null where no home folder is known. */
export function cacheFolderOf(env: Readonly<Record<string, string | undefined>>): string | null {
  const base = env.XDG_CACHE_HOME ?? join(env.HOME ?? homedir(), '.cache');
  return base.startsWith('/') ? join(base, 'claworc') : null;
}
