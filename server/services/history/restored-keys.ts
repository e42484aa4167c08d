import { keysOfScope } from '../../../constructs/repo/keys.ts';
import type { Repo, SealedKeyFile } from '../../../constructs/repo/repo.ts';
import type { Fleet } from '../../../constructs/schema/index.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { rewriteMetadata } from '../../secrets/rewrite-metadata.ts';
import type { KeyChange } from '../keys/key-edits.ts';
import { whyUnsigned } from './unsigned-then.ts';

/** The own keys of a bot that comes back, as far as they can, and what is to be said of the others. */
export interface RestoredKeys {
  readonly changes: readonly KeyChange[];
  readonly notes: readonly string[];
}

/**
 * Its own keys left with the bot. One that is sealed for exactly those who may open keys today comes back: for others it
 * could not be opened, or would be open again to somebody who left. One that no signed commit brought, where main demands
 * that, may hold anything.
 */
export function returningKeys(then: Snapshot, name: string, fleet: Fleet, accepted: readonly string[]): RestoredKeys {
  const today = accepted.toSorted().join();
  const changes: KeyChange[] = [];
  const notes: string[] = [];
  for (const sealed of keysOfScope(then.repo, name)) {
    const unsigned = whyUnsigned(then, sealed.path);
    if (unsigned !== undefined) {
      // What it holds nobody can look at.
      notes.push(`Its key ${sealed.key} does not come back, as it ${unsigned}: set it again.`);
      continue;
    }
    const isForToday = sealed.recipients.toSorted().join() === today;
    const moved = isForToday ? inNamespace(sealed, fleet.spec.namespace) : undefined;
    if (moved === undefined)
      notes.push(`Its key ${sealed.key} was sealed for other recipients than today's: set it again.`);
    else {
      const next = { file: moved, fingerprint: new Uint8Array(), hint: '' };
      changes.push({ kind: 'SealedKey', scope: name, key: sealed.key, base: null, next });
    }
  }
  return { changes, notes };
}

function inNamespace({ text, namespace: was }: SealedKeyFile, namespace: string): string | undefined {
  if (was === namespace) return text;
  const moved = rewriteMetadata(text, { namespace });
  return moved.ok ? moved.text : undefined;
}

/** Keys of a bot that lives are not turned back: a value that was replaced may have been withdrawn. */
export function keptKeys(past: Repo, present: Repo, name: string): readonly string[] {
  const [was, is] = [past, present].map((repo) => new Map(keysOfScope(repo, name).map((key) => [key.key, key.digest])));
  const names = [...new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])])].sort();
  return names.flatMap((key) => {
    const [then, now] = [was?.get(key), is?.get(key)];
    if (then === now) return [];
    if (now === undefined) return [`The key ${key}, which it had then, stays away: set it again if it is wanted.`];
    if (then === undefined) return [`The key ${key}, which it did not have then, stays.`];
    return [`The key ${key} keeps the value that it has now.`];
  });
}
