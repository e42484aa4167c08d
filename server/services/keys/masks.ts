import { GLOBAL_SCOPE } from '../../../constructs/repo/paths.ts';
import type { KeyScope } from '../../../constructs/schema/index.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedKeys, type EditedKey } from '../instances/edited.ts';
import { NAMED_KEYS, type KeyFields } from './key-fields.ts';

/** How a key is shown: `****abcd`, or `****` where nothing of it may be. */
export function maskOf({ hint }: Pick<EditedKey, 'hint'>): string {
  return `****${hint}`;
}

/**
 * Every text that `maskOf` can give, and what other products show in a key's place: its beginning (`sk-ant-api03-`), signs
 * that stand for the rest, its end.
 */
const MASK = /^.{0,24}(?:[*•●∗＊]{3,}|…|\.{3}).{0,8}$/u;

/**
 * A body without the fields that change nothing: a client that reads the settings and writes them back sends the masks
 * that it was given, and null for keys that are not set. Throws `invalid` for any other text in the form of a mask.
 */
export function withoutMasks<Body extends KeyFields>(context: AppContext, scope: KeyScope, body: Body): Body {
  const own = readEditedKeys(context.store.reader, scope);
  const global = readEditedKeys(context.store.reader, GLOBAL_SCOPE);
  const changes = (key: string, field: string, value: string | null | undefined): boolean => {
    if (value === undefined) return false;
    if (value === null) return own.has(key);
    const inForce = own.get(key) ?? global.get(key);
    if (inForce !== undefined && value.trim() === maskOf(inForce)) return false;
    if (!MASK.test(value.trim())) return true;
    throw new ClaworcError(
      'invalid',
      `This is a mask, not a key: ${key} is shown like that and never given out. Leave ${field} out to keep what is set.`,
      { field },
    );
  };
  const named = Object.entries(NAMED_KEYS).filter(([field, key]) => !changes(key, field, valueOf(body, field)));
  const dropped = new Set(named.map(([field]) => field));
  const { api_keys: others } = body;
  const kept = Object.entries(others ?? {}).filter(([key, value]) => changes(key, `api_keys.${key}`, value));
  const rest = Object.fromEntries(Object.entries(body).filter(([field]) => !dropped.has(field)));
  return { ...rest, ...(others !== undefined && { api_keys: Object.fromEntries(kept) }) } as Body;
}

const valueOf = (body: KeyFields, field: string): string | null | undefined => body[field as keyof typeof NAMED_KEYS];
