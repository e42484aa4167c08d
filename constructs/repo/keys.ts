import type { KeyInUse } from '../key-in-use.ts';
import { keySlug, secretName, type KeyScope } from '../schema/index.ts';
import type { Repo, SealedKeyFile } from './repo.ts';

const indexes = new WeakMap<Repo['keys'], ReadonlyMap<KeyScope, readonly SealedKeyFile[]>>();

/** The sealed keys of one scope, in the order of their paths. */
export function keysOfScope({ keys }: Pick<Repo, 'keys'>, scope: KeyScope): readonly SealedKeyFile[] {
  let index = indexes.get(keys);
  if (index === undefined) indexes.set(keys, (index = Map.groupBy(keys.values(), (key) => key.scope)));
  return index.get(scope) ?? [];
}

/** The keys that a bot gets, sorted by name: its own, and the global ones that it does not override. */
export function keysInUse(repo: Repo, instanceName: string): readonly KeyInUse[] {
  const inUse = new Map<string, KeyInUse>();
  for (const wanted of ['global', instanceName]) {
    for (const { scope, key, digest } of keysOfScope(repo, wanted)) {
      inUse.set(key, { name: key, scope, secretName: secretName(scope, key), digest });
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
  const rendered = new Set([...(repo.dist.get(instanceName)?.values() ?? [])].flatMap(({ secrets }) => secrets));
  return [...repo.brokenKeys].flatMap((broken) => {
    const [scope = '', slug = ''] = broken.split('/');
    const isOwn = keysOfScope(repo, instanceName).some((own) => keySlug(own.key) === slug);
    const isUsed = scope === 'global' && !isOwn && rendered.has(`claworc-${slug}`);
    return isUsed ? [`secrets/${broken}.yaml`] : [];
  });
}
