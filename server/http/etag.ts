import { ClaworcError } from '../lib/errors.ts';

interface Tagged {
  readonly header: (name: string, value: string) => unknown;
}

/** Puts the revision of what is answered into `ETag`, unless it is only a draft. */
export function setEtag(reply: Tagged, { revision }: { readonly revision: string | null }): void {
  if (revision !== null) reply.header('etag', `"${revision}"`);
}

/**
 * The revision that an `If-Match` names, quoted as an ETag (also weak, as proxies make them) or bare. Undefined for no
 * header and for `*`, which asks for nothing but existence. A list is refused: a write has one base.
 */
export function ifMatchOf(header: string | undefined): string | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const revision = /^(?:W\/)?"?([0-9a-f]{40}|[0-9a-f]{64})"?$/.exec(header.trim())?.[1];
  if (revision === undefined) {
    throw new ClaworcError('stale', 'If-Match names no revision of this bot; load it again.', { field: 'If-Match' });
  }
  return revision;
}
