import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import type { FileVersions } from '../../git/read/file-versions.ts';

/** A namespace that main named before the one it names now. */
export interface FormerNamespace {
  readonly namespace: string;
  /** The commit with which main came to name another; null where that isn't known. */
  readonly until: string | null;
}

export interface NamespaceHistory {
  /** The one that was named last comes first. */
  readonly former: readonly FormerNamespace[];
  /** False where main may have named others that can't be known here. */
  readonly isWhole: boolean;
}

/** Namespaces other than `now` that versions of claworc.yaml name. A version that can't be read counts as its elder. */
export function formerNamespaces({ versions, isWhole }: FileVersions, now: string): NamespaceHistory {
  const former = new Map<string, string | null>();
  /** By their lines `namespace:`, as most versions differ in something else. */
  const known = new Map<string, string>();
  let newer: string | null = null;
  for (const { commit, bytes } of versions) {
    const text = bytes === null ? '' : Buffer.from(bytes).toString('utf8');
    const lines = (text.match(/^\s*namespace:.*$/gm) ?? []).join('\n');
    const namespace = known.get(lines) ?? (bytes === null ? null : namespaceIn(bytes));
    if (namespace === null) continue;
    known.set(lines, namespace);
    if (namespace !== now && !former.has(namespace)) former.set(namespace, newer);
    newer = commit;
  }
  return { former: [...former].map(([namespace, until]) => ({ namespace, until })), isWhole };
}

function namespaceIn(bytes: Uint8Array): string | null {
  const parsed = parseFleet(bytes, FLEET_PATH);
  return parsed.ok ? parsed.fleet.spec.namespace : null;
}
