import type { KeyInUse } from '../key-in-use.ts';
import { keySlug, secretName } from '../schema/index.ts';
import type { Repo } from './repo.ts';

/** The keys that a bot gets, sorted by name: its own, and the global ones that it does not override. */
export function keysInUse(repo: Repo, instanceName: string): readonly KeyInUse[] {
  const inUse = new Map<string, KeyInUse>();
  for (const wanted of ['global', instanceName]) {
    for (const { scope, key, digest } of repo.keys.values()) {
      if (scope === wanted) inUse.set(key, { name: key, scope, secretName: secretName(scope, key), digest });
    }
  }
  return [...inUse.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Paths of sealed keys that this bot would use and that cannot be read; without them its rendering is not known. */
export function unreadableKeys(repo: Repo, instanceName: string): readonly string[] {
  return [...repo.brokenKeys].flatMap((broken) => {
    const [scope = '', slug = ''] = broken.split('/');
    const overridden = [...repo.keys.values()].some((own) => own.scope === instanceName && keySlug(own.key) === slug);
    return scope === 'global' && !overridden ? [`secrets/${broken}.yaml`] : [];
  });
}
