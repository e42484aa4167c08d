import type { FieldsV1, LiveObject, ManagedFieldsEntry } from '../../cluster/live-object.ts';
import { fieldsV1Key, type FieldPath } from './field-path.ts';
import { isHandEdit } from './managers.ts';

/**
 * What managedFields become when people's kubectl gives up its claims on `paths`, values untouched; undefined where it
 * claims none of them.
 */
export function withoutHandEdits(
  object: LiveObject,
  paths: readonly FieldPath[],
): readonly ManagedFieldsEntry[] | undefined {
  const before = object.metadata.managedFields ?? [];
  const after = before.map((entry) => {
    if (entry.fieldsV1 === undefined || !isHandEdit(entry.manager ?? '')) return entry;
    const fieldsV1 = paths.reduce(without, entry.fieldsV1);
    return fieldsV1 === entry.fieldsV1 ? entry : { ...entry, fieldsV1 };
  });
  if (after.every((entry, index) => entry === before[index])) return undefined;
  return after.filter(({ fieldsV1 = {} }) => Object.keys(fieldsV1).length > 0);
}

/** The very same tree where it doesn't claim `path`. A branch goes with its last claim: an empty one would be a claim itself. */
function without(fields: FieldsV1, [step, ...rest]: FieldPath): FieldsV1 {
  const key = step === undefined ? '' : fieldsV1Key(step);
  const below = fields[key];
  if (below === undefined) return fields;
  const { [key]: _, ...others } = fields;
  if (rest.length === 0) return others;
  const kept = without(below, rest);
  if (kept === below) return fields;
  return Object.keys(kept).length === 0 ? others : { ...others, [key]: kept };
}
