import type { ClusterApi } from '../../cluster/api.ts';

/** Where the objects of a fleet are. */
export interface ApplyTarget {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly signal?: AbortSignal;
}
