import { createHash } from 'node:crypto';
import type { FileContent } from '../../../constructs/repo/rendered-file.ts';
import type { EditConflict, SealedKeyChange } from '../../store/edit.ts';

/** Tells sealed files apart; null: there is none. */
export function digestOfKey(file: string | Uint8Array | null | undefined): string | null {
  return file === null || file === undefined ? null : createHash('sha256').update(file).digest('hex');
}

/**
 * The conflict of a key that somebody else set or took away since the person's page was told of it; undefined where nobody
 * did. What a key is nobody can say: of theirs there is the digest of the sealed file, of mine the end of it.
 */
export function keyConflict(
  { scope, key, base, next }: SealedKeyChange,
  content: FileContent | undefined,
): Omit<EditConflict, 'unit'> | undefined {
  const there = digestOfKey(content instanceof Uint8Array ? content : undefined);
  if (base === undefined || there === base || there === digestOfKey(next?.file)) return undefined;
  const mine = next === null ? undefined : next.hint === '' ? 'set' : `ends in ${next.hint}`;
  return {
    field: `${scope === 'global' ? 'global_api_keys' : 'api_keys'}.${key}`,
    base: sealedAs(base),
    theirs: sealedAs(there),
    mine,
  };
}

function sealedAs(digest: string | null): string | undefined {
  return digest === null ? undefined : `set, sealed as ${digest.slice(0, 8)}`;
}
