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

/**
 * Paths of global keys that this bot was rendered with, that cannot be read now, and that it has no own key for.
 * To render it without them would take a key from a running bot because of a typing mistake.
 */
export function unreadableKeys(repo: Repo, instanceName: string): readonly string[] {
  if (repo.brokenKeys.size === 0) return [];
  const rendered = [...(repo.dist.get(instanceName)?.values() ?? [])].join('');
  return [...repo.brokenKeys].flatMap((broken) => {
    const [scope = '', slug = ''] = broken.split('/');
    const isOwn = [...repo.keys.values()].some((own) => own.scope === instanceName && keySlug(own.key) === slug);
    const isUsed = scope === 'global' && !isOwn && rendered.includes(` name: claworc-${slug}\n`);
    return isUsed ? [`secrets/${broken}.yaml`] : [];
  });
}
