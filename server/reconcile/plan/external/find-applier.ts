import type { KubeObject } from '../../../../constructs/kube-object.ts';
import type { LiveObject, ManagedFieldsEntry } from '../../../cluster/live-object.ts';
import { isOurs } from '../../live/evidence.ts';
import { leavesOf } from '../leaves.ts';
import { owns } from '../ownership.ts';

/**
 * Who applied a live object, told by its field managers: the one that owns most of what main says of it, if that is more
 * than half; of several that own as much, who applied last. Claworc counts as long as nobody else has applied the object since.
 */
export function findApplier(desired: KubeObject, live: LiveObject): ManagedFieldsEntry | undefined {
  const leaves = leavesOf(desired);
  const shares = (live.metadata.managedFields ?? []).flatMap((entry) => {
    const { fieldsV1, subresource = '' } = entry;
    if (fieldsV1 === undefined || subresource !== '') return [];
    const share = leaves.filter(({ path }) => owns(fieldsV1, path)).length;
    return share * 2 > leaves.length ? [{ entry, share, isOurs: isOurs(entry) }] : [];
  });
  shares.sort((a, b) => Number(a.isOurs) - Number(b.isOurs) || b.share - a.share || timeOf(b).localeCompare(timeOf(a)));
  return shares[0]?.entry;
}

/** Whole seconds, in UTC. */
const timeOf = ({ entry }: { readonly entry: ManagedFieldsEntry }): string => entry.time ?? '';
