import type { LiveObject } from './live-object.ts';

/**
 * A Secret without its values: `data` keeps its keys, each with an empty text. Everything read from a cluster goes
 * through this before it is kept. Other kinds pass unchanged.
 */
export function conceal(object: LiveObject): LiveObject {
  if (object.kind !== 'Secret') return object;
  const { data, stringData: _, ...rest } = object;
  const keys = typeof data === 'object' && data !== null ? Object.keys(data) : [];
  return { ...rest, data: Object.fromEntries(keys.map((key) => [key, ''])) };
}
