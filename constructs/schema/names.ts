/** Longest instance name: `-clawdbot` and `-homebrew` behind it still fit the 63 characters of a label value. */
export const MAX_INSTANCE_NAME = 50;

export const INSTANCE_NAME_PATTERN = '^bot-[a-z0-9]([a-z0-9-]*[a-z0-9])?$';

export type NameResult = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly reason: string };

/**
 * The instance name for a display name: lower case, spaces and underscores to hyphens, everything else dropped,
 * hyphens collapsed and trimmed, `bot-` in front (never twice), at most 50 characters.
 * A display name with nothing left is refused with a reason for people.
 */
export function instanceNameOf(displayName: string): NameResult {
  const slug = displayName
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .replace(/[^a-z0-9-]/g, '')
    .replace(/-+/g, '-')
    .replace(/^-|-$/g, '');
  const bare = slug.replace(/^bot-/, '');
  if (bare === '') {
    return {
      ok: false,
      reason: `"${displayName}" leaves no name: it needs at least one letter from a to z or one digit`,
    };
  }
  return { ok: true, name: `bot-${bare}`.slice(0, MAX_INSTANCE_NAME).replace(/-$/, '') };
}

/** The Secret and file stem of a key: `ANTHROPIC_API_KEY` to `anthropic-api-key`. Injective for valid key names. */
export function keySlug(key: string): string {
  return key.toLowerCase().replaceAll('_', '-');
}

/** Where a key belongs: the whole fleet, or the named instance. */
export type KeyScope = 'global' | (string & {});

/** Name of the Kubernetes Secret that holds a key: `claworc-...` for the fleet, `<instance>-...` for an override. */
export function secretName(scope: KeyScope, key: string): string {
  return `${scope === 'global' ? 'claworc' : scope}-${keySlug(key)}`;
}
