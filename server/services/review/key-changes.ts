import { keysOfScope } from '../../../constructs/repo/keys.ts';
import type { Repo, SealedKeyFile } from '../../../constructs/repo/repo.ts';
import { secretName, type KeyScope } from '../../../constructs/schema/index.ts';

/** A sealed key that two commits have differently. */
export interface KeyChange {
  readonly key: string;
  readonly secret: string;
  readonly path: string;
  readonly line: number | null;
  readonly before: SealedKeyFile | undefined;
  readonly after: SealedKeyFile | undefined;
  /** `resealed`: the same value, readable for others than before, or written anew. */
  readonly what: 'set' | 'changed' | 'resealed' | 'removed';
}

/** The sealed keys of a scope that differ, by name. A key whose file can't be read at `after` is not gone. */
export function keyChanges(before: Repo, after: Repo, scope: KeyScope): readonly KeyChange[] {
  const [old, fresh] = [byName(before, scope), byName(after, scope)];
  const names = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return names.flatMap((key) => {
    const [was, is] = [old.get(key), fresh.get(key)];
    if (was?.text === is?.text) return [];
    const path = (is ?? was)?.path ?? '';
    if (is === undefined && after.brokenKeys.has(path.slice('secrets/'.length, -'.yaml'.length))) return [];
    const what = is === undefined ? 'removed' : was === undefined ? 'set' : wasResealed(was, is);
    return [{ key, secret: secretName(scope, key), path, line: lineOf(is), before: was, after: is, what }];
  });
}

function byName(repo: Repo, scope: KeyScope): ReadonlyMap<string, SealedKeyFile> {
  return new Map(keysOfScope(repo, scope).map((each) => [each.key, each]));
}

function wasResealed(before: SealedKeyFile, after: SealedKeyFile): 'changed' | 'resealed' {
  return before.digest === after.digest ? 'resealed' : 'changed';
}

function lineOf(sealed: SealedKeyFile | undefined): number | null {
  if (sealed === undefined) return null;
  const at = sealed.text.split('\n').findIndex((line) => line.trimStart().startsWith(`${sealed.key}:`));
  return at < 0 ? null : at + 1;
}
