import { SEALED_DIGEST_ANNOTATION } from '../../../constructs/sealed-secret.ts';
import type { LiveObject, ManagedFieldsEntry } from '../../cluster/live-object.ts';
import { isOurs } from '../live/evidence.ts';
import { member, type FieldPath } from './field-path.ts';
import { owns } from './ownership.ts';

/** How a live Secret's value stands to the sealed one of main, as far as that can be told without opening it. */
export type SealedValue = 'current' | 'behind' | 'changed' | 'unknown';

const MARK: FieldPath = [member('metadata'), member('annotations'), member(SEALED_DIGEST_ANNOTATION)];

/**
 * Tells the value at `path` by the mark that the sealed file has its applier leave on the Secret, and by who owns the
 * value. `mark` is main's; null where the file has none. An applier that sends `stringData` comes to own that and not the
 * value, which then is whose it was: what was written before the applier's last apply was overwritten by it. Times are whole seconds, so one that is the same says nothing.
 */
export function sealedValue(
  live: LiveObject,
  path: FieldPath,
  applier: ManagedFieldsEntry | undefined,
  mark: string | null,
): SealedValue {
  if (mark === null || applier?.fieldsV1 === undefined) return 'unknown';
  const isMarkApplied = owns(applier.fieldsV1, MARK);
  const { [SEALED_DIGEST_ANNOTATION]: found } = live.metadata.annotations ?? {};
  if (found === undefined) return 'behind';
  if (found !== mark) return isMarkApplied ? 'behind' : 'unknown';
  if (!isMarkApplied) return 'unknown';
  if (owns(applier.fieldsV1, path)) return 'current';
  const { managedFields = [] } = live.metadata;
  const others = managedFields.filter((entry) => entry.fieldsV1 !== undefined && owns(entry.fieldsV1, path));
  const { time: appliedAt = '' } = applier;
  if (others.every(({ time = '' }) => time < appliedAt)) return 'current';
  return others.some((entry) => !isOurs(entry) && (entry.time ?? '') > appliedAt) ? 'changed' : 'unknown';
}

/** True where somebody else than Claworc applied the very value that main has: to apply it beside them changes nothing. */
export const isAppliedByOthers = (live: LiveObject, path: FieldPath, mark: string | null): boolean =>
  live.metadata.managedFields?.some(
    (entry) =>
      entry.fieldsV1 !== undefined &&
      !isOurs(entry) &&
      owns(entry.fieldsV1, path) &&
      sealedValue(live, path, entry, mark) === 'current',
  ) ?? false;
