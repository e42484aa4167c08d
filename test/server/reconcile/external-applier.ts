import { parseAllDocuments } from 'yaml';
import { isManagedKind, MANAGED_RESOURCES } from '../../../server/cluster/resources.ts';
import type { MemoryCluster } from './memory-cluster.ts';

/** Applies dist/ of the fixture as Flux does: by server-side apply under a name of its own, with force. */
export function applyAsFlux({ server, repo, namespace }: MemoryCluster, manager = 'kustomize-controller'): void {
  for (const object of manifests(repo.files)) {
    const { kind, metadata } = object;
    if (!isManagedKind(kind)) throw new Error(`${kind} is of no kind that is rendered`);
    const target = { resource: MANAGED_RESOURCES[kind], namespace, name: metadata.name };
    const { code } = server.store.apply(target, { ...object }, { manager, dryRun: false, force: true });
    if (code >= 300) throw new Error(`${kind} ${metadata.name} was not applied: ${code}`);
  }
}

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

function manifests(files: ReadonlyMap<string, Uint8Array>): readonly Rendered[] {
  return [...files]
    .filter(([path]) => path.startsWith('dist/'))
    .flatMap(([, bytes]) => parseAllDocuments(Buffer.from(bytes).toString()))
    .map((document) => document.toJS() as Rendered);
}
