import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { FieldsV1, LiveObject } from '../../cluster/live-object.ts';
import { formatPath, stepOf, valueAt, type FieldPath, type Step } from './field-path.ts';
import { leavesOf } from './leaves.ts';
import { otherOwners, ourFields } from './ownership.ts';

/** A field that our last apply set, that main no longer has, and that lives. */
export interface DroppedField {
  readonly path: FieldPath;
  /** Managers beside us that own it or a part of it: an apply without the field leaves it alive with them. */
  readonly owners: readonly string[];
}

/**
 * What an apply of `desired` gives up in `live` of what is `claimed` (by our last apply, unless told otherwise), each as one field: an item of a list whole, a structure whole unless a
 * part of it is somebody else's.
 */
export function droppedFields(
  desired: KubeObject,
  live: LiveObject,
  claimed: FieldsV1 = ourFields(live) ?? {},
): readonly DroppedField[] {
  const dropped: DroppedField[] = [];
  let leaves: readonly string[] | undefined;
  const path: Step[] = [];
  const visit = (fields: FieldsV1, wanted: unknown, actual: unknown): void => {
    for (const key of Object.keys(fields)) {
      const step = stepOf(key);
      const below = fields[key];
      if (step === undefined || below === undefined) continue;
      path.push(step);
      look(below, step, valueAt(wanted, step), valueAt(actual, step));
      path.pop();
    }
  };
  const look = (below: FieldsV1, step: Step, wanted: unknown, actual: unknown): void => {
    if (wanted !== undefined) {
      visit(below, wanted, actual);
      return;
    }
    if (actual === undefined) return;
    leaves ??= leavesOf(desired).map((leaf) => formatPath(leaf.path));
    if (isInside(path, leaves)) return;
    const owners = otherOwners(live, path);
    const isWhole = step.type !== 'member' || Object.keys(below).length === 0 || owners.length === 0;
    if (isWhole) dropped.push({ path: [...path], owners });
    else visit(below, wanted, actual);
  };
  visit(claimed, desired, live);
  return dropped;
}

/** Our entry may name fields inside a value that a newer schema treats as one. */
function isInside(path: FieldPath, leaves: readonly string[]): boolean {
  const text = formatPath(path);
  return leaves.some((leaf) => text.startsWith(`${leaf}.`));
}
