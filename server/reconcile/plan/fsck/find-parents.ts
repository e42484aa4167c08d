import type { DesiredUnit } from '../../desired/desired-state.ts';
import { parentNameOf } from '../../desired/applyset-id.ts';
import { PART_OF_LABEL, unitOf } from '../../desired/stamp.ts';
import type { LiveUnit } from '../../live/live-unit.ts';
import { COMMIT_ANNOTATION, formatGroupKinds, parentObject, parentRefusal, recordedKinds } from '../applyset.ts';
import { named, type Finding } from './finding.ts';

/** What is wrong with the ApplySet parent of a unit of the commit. */
export function findParent(
  desired: DesiredUnit,
  { objects, parent }: LiveUnit,
  { namespace, version }: { readonly namespace: string; readonly version: string },
): Finding | undefined {
  const { unit } = desired;
  const name = parentNameOf(unit);
  const members = [...objects.values()].filter(
    (object) => unitOf(object) === unit && object.metadata.labels?.[PART_OF_LABEL] !== undefined,
  );
  const refusal = parentRefusal(parent, unit, namespace);
  if (refusal !== undefined) {
    const why = `nothing of ${unit} is applied or removed: its ApplySet has no other place`;
    return { kind: 'foreign_parent', unit, objects: [`ConfigMap ${name}`], what: refusal, why, help: '' };
  }
  if (members.length === 0 || parent?.metadata.deletionTimestamp !== undefined) return undefined;
  const recorded = recordedKinds(parent);
  const lacking = members.filter(({ kind }) => !recorded.includes(kind));
  if (parent !== undefined && lacking.length === 0) return undefined;

  const kinds = [...recorded, ...members.map(({ kind }) => kind)];
  const commit = parent?.metadata.annotations?.[COMMIT_ANNOTATION];
  const object = parentObject(unit, namespace, kinds, version, commit);
  const words = `writes ConfigMap ${name}, with ${formatGroupKinds(kinds)}`;
  const isWritten = desired.state === 'present' && desired.suspension === undefined;
  return {
    kind: parent === undefined ? 'missing_parent' : 'half_parent',
    unit,
    objects: lacking.map(named).sort(),
    what:
      parent === undefined
        ? `${unit} lives, and its ApplySet parent, ConfigMap ${name}, is gone`
        : `ConfigMap ${name} does not record ${formatGroupKinds(lacking.map(({ kind }) => kind))}, of which ${unit} has objects`,
    why: 'kubectl, and whoever else finds a bot by its ApplySet, misses them',
    help: isWritten ? '' : `it is written when ${unit} is applied again, which is suspended, held or leaving now`,
    ...(isWritten && { repair: { type: 'write_parent', object, live: parent, words } }),
  };
}
