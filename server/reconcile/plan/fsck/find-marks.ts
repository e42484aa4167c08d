import type { LiveObject } from '../../../cluster/live-object.ts';
import { parentNameOf, unitApplySetId } from '../../desired/applyset-id.ts';
import { DIGEST_ANNOTATION, PART_OF_LABEL, UNIT_ANNOTATION, unitOf } from '../../desired/stamp.ts';
import { wasAppliedByUs } from '../../live/evidence.ts';
import { GROUP_KINDS_ANNOTATION, ID_LABEL, TOOLING_ANNOTATION } from '../applyset.ts';
import { isRetainedFrom } from '../guards/index.ts';
import { named, type Finding, type Repair } from './finding.ts';

/** Marks of ours on objects that are not ours, and marks of others on ours. `units`: all that the commit or the cluster names. */
export function findMarks(
  objects: Iterable<LiveObject>,
  units: Iterable<string>,
  namespace: string,
): readonly Finding[] {
  const sets = new Map([...units].map((unit) => [unitApplySetId(unit, namespace), unit]));
  const all = [...objects];
  const parents = new Map(
    all.flatMap((object) => {
      const id = object.metadata.labels?.[ID_LABEL];
      return id === undefined ? [] : [[id, object] as const];
    }),
  );
  return all.flatMap((object) => {
    const id = object.metadata.labels?.[ID_LABEL];
    const found = id === undefined ? judgeMember(object, sets, parents, namespace) : judgeParent(object, id, sets);
    return found ?? [];
  });
}

function judgeParent(object: LiveObject, id: string, sets: ReadonlyMap<string, string>): Finding | undefined {
  const { name, annotations } = object.metadata;
  const unit = sets.get(id);
  if (unit !== undefined && name !== parentNameOf(unit)) {
    return {
      kind: 'double_parent',
      unit,
      objects: [named(object)],
      what: `ConfigMap ${name} says that it is the parent of the ApplySet of ${unit}, which is ${parentNameOf(unit)}`,
      why: 'a tool that reads ApplySets may go by either, and prune by the wrong one',
      help: '',
      repair: takeMarks(object, [ID_LABEL], [TOOLING_ANNOTATION, GROUP_KINDS_ANNOTATION, UNIT_ANNOTATION]),
    };
  }
  const tool = annotations?.[TOOLING_ANNOTATION]?.split('/', 1)[0];
  if (unit !== undefined || tool !== 'claworc' || unitNamesParent(object)) return undefined;
  return {
    kind: 'double_fleet',
    unit: null,
    objects: [named(object)],
    what: `ConfigMap ${name} is the parent of an ApplySet that is not of this namespace and fleet`,
    why: 'it was copied or restored from another namespace, or another fleet is applied here',
    help: 'give each fleet a namespace of its own; delete the ConfigMap where it is only a copy: it holds no data',
  };
}

/** The parent of a unit by its name: whether it may be written is told with its unit. */
const unitNamesParent = (object: LiveObject): boolean => {
  const unit = unitOf(object);
  return unit !== undefined && object.metadata.name === parentNameOf(unit);
};

function judgeMember(
  object: LiveObject,
  sets: ReadonlyMap<string, string>,
  parents: ReadonlyMap<string, LiveObject>,
  namespace: string,
): Finding | undefined {
  const { labels = {}, annotations = {} } = object.metadata;
  const set = labels[PART_OF_LABEL];
  const mark = annotations[UNIT_ANNOTATION];
  const unit = unitOf(object);
  if (unit !== undefined) {
    if (set === undefined || set === unitApplySetId(unit, namespace) || isRetainedFrom(object, unit)) return undefined;
    const parent = parents.get(set);
    const whose = parent === undefined ? `ApplySet ${set}, whose parent is not in this namespace` : named(parent);
    return {
      kind: 'other_set',
      unit,
      objects: [named(object)],
      what: `${named(object)} belongs to ${unit}, and its label makes it a member of ${whose}`,
      why: 'whoever prunes by that ApplySet may delete it, and Claworc never removes it',
      help: `if ${unit} keeps it, \`claworc apply\` writes the label again or tells who holds it; else take the label ${PART_OF_LABEL} off`,
    };
  }
  const copied = set === undefined ? undefined : sets.get(set);
  if (wasAppliedByUs(object) || (copied === undefined && mark === undefined)) return undefined;
  const whose = mark === undefined ? `the label of the ApplySet of ${copied ?? ''}` : `the mark of ${quoted(mark)}`;
  return {
    kind: 'copied_mark',
    unit: copied ?? null,
    objects: [named(object)],
    what: `${named(object)} has ${whose}, and Claworc did not apply it`,
    why:
      copied === undefined
        ? 'it is told as a part of a bot that it is no part of'
        : `\`kubectl apply --prune\` with that ApplySet would delete it; Claworc leaves it alone`,
    help: '',
    repair: takeMarks(object, copied === undefined ? [] : [PART_OF_LABEL], [UNIT_ANNOTATION, DIGEST_ANNOTATION]),
  };
}

function takeMarks(live: LiveObject, labels: readonly string[], annotations: readonly string[]): Repair {
  const { metadata } = live;
  const there = {
    labels: labels.filter((name) => metadata.labels?.[name] !== undefined),
    annotations: annotations.filter((name) => metadata.annotations?.[name] !== undefined),
  };
  const gone = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));
  return {
    type: 'take_marks',
    live,
    patch: { metadata: { labels: gone(there.labels), annotations: gone(there.annotations) } },
    words: `takes ${[...there.labels, ...there.annotations].join(', ')} off ${named(live)}; nothing else of it changes`,
  };
}

/** Anybody may write an annotation. */
const LONGEST = 120;
const quoted = (text: string): string => JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text);
