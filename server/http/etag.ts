import { ClaworcError } from '../lib/errors.ts';

interface Tagged {
  readonly header: (name: string, value: string) => unknown;
}

/** Puts the revision of what is answered into `ETag`, unless it is only a draft. */
export function setEtag(reply: Tagged, { revision }: { readonly revision: string | null }): void {
  if (revision !== null) reply.header('etag', `"${revision}"`);
}

/**
 * Puts the version of a list into `ETag`, weak since a compressed answer means the same; true where `If-None-Match` says
 * that the client has it, so that nothing has to be made.
 */
export function isKnownVersion(version: string, asked: string | undefined, reply: Tagged): boolean {
  reply.header('etag', `W/"${version}"`);
  // Kept by the client alone, and asked for each time.
  reply.header('cache-control', 'private, no-cache');
  const tags = asked?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes('*') || tags.includes(`"${version}"`);
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
