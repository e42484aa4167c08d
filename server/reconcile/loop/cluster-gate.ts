import type { ClusterApi } from '../../cluster/api.ts';
import { readIdentity } from '../../cluster/identity.ts';
import { ensureNamespace } from '../../cluster/namespace.ts';
import type { ApiFailure } from '../../cluster/errors.ts';

/** Whether a cluster may be written to: it must be the one that was named or accepted, and have the namespace. */
export interface ClusterGate {
  /** UID of kube-system; null before it answered or where it may not be read. */
  identity(): string | null;
  isAdmitted(): boolean;
  /** Asks the cluster who it is, again after each loss of the connection. */
  check(): Promise<ApiFailure | null>;
  accept(): void;
  /** Null when the namespace is there; else why not, in words. Asks at most every 10 s after a refusal. */
  namespaceRefusal(namespace: string): Promise<string | null>;
  /** The last refusal, as long as nothing better is known. */
  namespaceTrouble(): string | null;
  /** The namespace went away, or a write was refused as if it had: it is asked for again before the next write. */
  forgetNamespace(): void;
}

/** Says whether a cluster with this identity may be written to. */
export type Admit = (identity: string | null) => boolean | Promise<boolean>;

/** A namespace that is refused is asked for again after this long. */
export const ASK_AGAIN_MS = 10_000;

export function createClusterGate(api: ClusterApi, admit: Admit, now: () => number): ClusterGate {
  let identity: string | null = null;
  let accepted: string | null | undefined;
  let admitted = false;
  let asked: { readonly namespace: string; readonly at: number; readonly refusal: Promise<string | null> } | undefined;
  let refused: string | null = null;

  return {
    identity: () => identity,
    isAdmitted: () => admitted,
    async check() {
      const read = await readIdentity(api);
      if (!read.ok) return read.failure;
      if (read.value !== identity) asked = undefined;
      identity = read.value;
      admitted = accepted !== undefined && accepted === identity ? true : await admit(identity);
      return null;
    },
    accept() {
      accepted = identity;
      admitted = true;
    },
    async namespaceRefusal(namespace) {
      if (asked?.namespace !== namespace) asked = undefined;
      const known = asked === undefined ? undefined : await asked.refusal;
      if (asked !== undefined && (known === null || now() - asked.at < ASK_AGAIN_MS)) return known ?? null;
      const refusal = ensureNamespace(api, namespace).then((made) => (made.ok ? null : made.message));
      asked = { namespace, at: now(), refusal };
      refused = await refusal;
      return refused;
    },
    namespaceTrouble: () => refused,
    forgetNamespace() {
      asked = undefined;
    },
  };
}
