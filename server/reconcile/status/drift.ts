import { maskLeaks } from '../../../constructs/schema/check/leaks.ts';
import type { ActionResult } from '../apply/outcome.ts';
import { keyOf } from '../live/live-unit.ts';
import type { FieldDifference } from '../plan/diff.ts';
import type { FieldDrift } from './observed.ts';

/** A field that differs, as it is shown. */
export const driftOf = ({ field, main, live, owners, changedAt }: FieldDifference): FieldDrift => ({
  field,
  main,
  live,
  managers: owners,
  changedAt: changedAt ?? null,
});

const LONGEST = 60;

/** `spec.replicas was 3, main has 1: by kubectl-scale at 2026-11-27T09:12:03Z`. */
function describeField({ field, main, live, owners, changedAt }: FieldDifference): string {
  const who =
    owners.length === 0 ? '' : `: by ${owners.join(', ')}${changedAt === undefined ? '' : ` at ${changedAt}`}`;
  return `${field} was ${shown(live)}, main has ${shown(main)}${who}`;
}

function shown(value: string | null): string {
  if (value === null) return 'not there';
  const line = maskLeaks(value).replaceAll(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/**
 * What was put right, for people: each field with what lived, and who had written it. `lost` are keys of objects that
 * lived before and that somebody deleted, or replaced: who did is not known.
 */
export function describeCorrections(corrected: readonly ActionResult[], lost: ReadonlySet<string>): string {
  return corrected
    .flatMap(({ kind, name, fields }) => {
      if (lost.has(keyOf(kind, name)))
        return [`${kind} ${name} was deleted, by whom the cluster does not tell, and is made again`];
      return fields.length === 0 ? [`${kind} ${name}`] : fields.map(describeField);
    })
    .join('; ');
}
