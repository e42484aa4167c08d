import { listInstances } from '../../store/instances.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet } from '../instances/edited.ts';

export type SeesNamespaces = Pick<AppContext, 'store'> & {
  readonly cluster: { readonly observed: Pick<AppContext['cluster']['observed'], 'namespace'> };
};

/**
 * The namespaces that claworc.yaml may name: any (null) while there is no bot; else the one that it names, and the one in
 * which the bots live, where a commit left that.
 */
export function openNamespaces({ store, cluster }: SeesNamespaces): readonly string[] | null {
  if (listInstances(store.reader, { limit: 1 }).length === 0) return null;
  const named = readEditedFleet(store.reader).fleet.spec.namespace;
  return [...new Set([named, cluster.observed.namespace() ?? named])];
}
