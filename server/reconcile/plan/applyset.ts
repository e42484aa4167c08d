import type { KubeObject } from '../../../constructs/kube-object.ts';
import { MANAGED_RESOURCES, isManagedKind } from '../../cluster/resources.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { parentNameOf, unitApplySetId } from '../desired/applyset-id.ts';
import { UNIT_ANNOTATION, unitMark } from '../desired/stamp.ts';

/*
 * ApplySets as kubectl implements them (KEP-3659 with the names of kubectl's source: the prefix is
 * applyset.kubernetes.io, and tooling is an annotation).
 */
export const ID_LABEL = 'applyset.kubernetes.io/id';
export const TOOLING_ANNOTATION = 'applyset.kubernetes.io/tooling';
export const GROUP_KINDS_ANNOTATION = 'applyset.kubernetes.io/contains-group-kinds';
/** On the fleet's parent: the last commit that was worked through, so that a rewound main is noticed after a restart. */
export const COMMIT_ANNOTATION = 'claworc.dev/commit';

/** KEP-3659: `<tool>-applyset`. */
export const PARENT_FIELD_MANAGER = 'claworc-applyset';
const TOOL = 'claworc';

/** The parent object of a unit whose members are of these kinds. */
export function parentObject(
  unit: string,
  namespace: string,
  kinds: Iterable<string>,
  version: string,
  commit?: string,
): KubeObject {
  const name = parentNameOf(unit);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: { [ID_LABEL]: unitApplySetId(unit, namespace), 'app.kubernetes.io/managed-by': 'claworc' },
      annotations: {
        [TOOLING_ANNOTATION]: `${TOOL}/${version}`,
        [GROUP_KINDS_ANNOTATION]: formatGroupKinds(kinds),
        [UNIT_ANNOTATION]: unitMark(unit, 'ConfigMap', name),
        ...(commit !== undefined && { [COMMIT_ANNOTATION]: commit }),
      },
    },
  };
}

/** Sorted, comma-separated `Kind.group`. */
export function formatGroupKinds(kinds: Iterable<string>): string {
  const names = [...new Set(kinds)].map((kind) => {
    const group = isManagedKind(kind) ? MANAGED_RESOURCES[kind].group : '';
    return group === '' ? kind : `${kind}.${group}`;
  });
  return names.sort().join(',');
}

/** The kinds that a parent records. */
export function recordedKinds(parent: LiveObject | undefined): readonly string[] {
  const text = parent?.metadata.annotations?.[GROUP_KINDS_ANNOTATION] ?? '';
  return text === '' ? [] : text.split(',').map((entry) => entry.split('.', 1)[0] ?? entry);
}

/** Why this parent may not be written by us, or undefined. KEP-3659: another tool's parent is left alone. */
export function parentRefusal(parent: LiveObject | undefined, unit: string, namespace: string): string | undefined {
  if (parent === undefined) return undefined;
  const { labels, annotations, name } = parent.metadata;
  const id = labels?.[ID_LABEL];
  if (id === undefined && isStripped(parent, 'labels', ID_LABEL)) {
    return `the cluster takes the label ${ID_LABEL} of ConfigMap ${name} away on the way in: exempt it from the webhook or policy that does it, then delete that ConfigMap, which holds no data`;
  }
  if (id === undefined) return `ConfigMap ${name} exists and is not an ApplySet of Claworc: rename or delete it`;
  if (id !== unitApplySetId(unit, namespace)) return `ConfigMap ${name} carries the ID of another ApplySet`;
  const tooling = annotations?.[TOOLING_ANNOTATION] ?? '';
  if (tooling.split('/', 1)[0] === TOOL) return undefined;
  return `ApplySet ${name} belongs to ${tooling === '' ? 'no tool' : tooling}: Claworc leaves it alone`;
}

/** True when the live parent already says what `wanted` says, but for what the cluster takes away of each write. */
export function parentIsCurrent(live: LiveObject | undefined, wanted: KubeObject): boolean {
  if (live === undefined || live.metadata.deletionTimestamp !== undefined) return false;
  return (['labels', 'annotations'] as const).every((map) =>
    Object.entries(wanted.metadata[map] ?? {}).every(
      ([name, value]) => live.metadata[map]?.[name] === value || isStripped(live, map, name),
    ),
  );
}

/** We wrote it and nobody took it, and it is not there: admission took it away. */
function isStripped({ metadata }: LiveObject, map: 'labels' | 'annotations', name: string): boolean {
  const ours = metadata.managedFields?.find(({ manager }) => manager === PARENT_FIELD_MANAGER)?.fieldsV1;
  return metadata[map]?.[name] === undefined && ours?.['f:metadata']?.[`f:${map}`]?.[`f:${name}`] !== undefined;
}
