import type { Cluster, User } from '@kubernetes/client-node/dist/config_types.js';

/** One cluster and how to be somebody there, as a kubeconfig or a pod's service account says it. */
export interface ClusterTarget {
  readonly context: string;
  /** The namespace that the context names. */
  readonly namespace: string | null;
  readonly cluster: Cluster;
  /** One without a name where the context has none. */
  readonly user: User;
  readonly extras: UserExtras;
}

/** What client-node leaves out when it reads a user of a kubeconfig. */
export interface UserExtras {
  readonly tokenFile?: string;
  /** Impersonate-Group, Impersonate-Uid and Impersonate-Extra-* headers. */
  readonly impersonation?: Readonly<Record<string, string | string[]>>;
}
