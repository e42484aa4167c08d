import type { Reader } from '../../store/connection.ts';
import { getMeta, setMeta } from '../../store/meta.ts';
import type { Store } from '../../store/open-store.ts';

/** The UID of kube-system of the cluster that a person accepted: a name in a kubeconfig may come to mean another one. */
const ACCEPTED_CLUSTER = 'accepted_cluster';

export function readAccepted(read: Reader): string | undefined {
  return getMeta(read, ACCEPTED_CLUSTER);
}

/** A cluster that does not say who it is can't be remembered: it is asked about again at the next start. */
export function rememberAccepted(store: Store, identity: string | null): void {
  if (identity !== null) store.transact((tx) => setMeta(tx, ACCEPTED_CLUSTER, identity));
}
