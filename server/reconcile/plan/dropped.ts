import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { FieldsV1, LiveObject } from '../../cluster/live-object.ts';
import { formatPath, readPath, stepOf, type FieldPath } from './field-path.ts';
import { leavesOf } from './leaves.ts';
import { otherOwners, ourFields } from './ownership.ts';

/** A field that our last apply set, that main no longer has, and that lives. */
export interface DroppedField {
  readonly path: FieldPath;
  /** Managers beside us that own it or a part of it: an apply without the field leaves it alive with them. */
  readonly owners: readonly string[];
}

/**
 * What an apply of `desired` gives up in `live`, each as one field: an item of a list whole, a structure whole unless a
 * part of it is somebody else's.
 */
export function droppedFields(desired: KubeObject, live: LiveObject): readonly DroppedField[] {
  const leaves = leavesOf(desired).map(({ path }) => formatPath(path));
  const dropped: DroppedField[] = [];
  const visit = (fields: FieldsV1, above: FieldPath): void => {
    for (const [key, below] of Object.entries(fields)) {
      const step = stepOf(key);
      if (step === undefined) continue;
      const path = [...above, step];
      if (readPath(desired, path) !== undefined) {
        visit(below, path);
        continue;
      }
      if (readPath(live, path) === undefined || isInside(path, leaves)) continue;
      const owners = otherOwners(live, path);
      const isWhole = step.type !== 'member' || Object.keys(below).length === 0 || owners.length === 0;
      if (isWhole) dropped.push({ path, owners });
      else visit(below, path);
    }
  };
  visit(ourFields(live) ?? {}, []);
  return dropped;
}

/** Our entry may name fields inside a value that a newer schema treats as one. */
function isInside(path: FieldPath, leaves: readonly string[]): boolean {
  const text = formatPath(path);
  return leaves.some((leaf) => text.startsWith(`${leaf}.`));
}
