import type { StatusCause } from '../../../server/cluster/errors.ts';
import { formatField } from './field-sets.ts';
import type { Conflict } from './ownership.ts';

export interface Answer {
  readonly code: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refusal as the API server writes it. */
export function status(
  code: number,
  reason: string,
  message: string,
  details: Readonly<Record<string, unknown>> = {},
): Answer {
  return { code, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message, details } };
}

export const notFound = (plural: string, name: string): Answer =>
  status(404, 'NotFound', `${plural} "${name}" not found`, { kind: plural, name });

export const conflict = (plural: string, name: string, why: string): Answer =>
  status(409, 'Conflict', `Operation cannot be fulfilled on ${plural} "${name}": ${why}`, { kind: plural, name });

export const invalid = (kind: string, name: string, field: string, why: string): Answer =>
  status(422, 'Invalid', `${kind} "${name}" is invalid: ${field}: ${why}`, {
    kind,
    name,
    causes: [{ reason: 'FieldValueInvalid', message: why, field }] satisfies StatusCause[],
  });

export function fieldConflicts(conflicts: readonly Conflict[], apiVersion: string): Answer {
  const causes = conflicts.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with "${manager}" using ${apiVersion}`,
    field: formatField(path),
  }));
  const message = `Apply failed with ${causes.length} conflicts: ${causes.map((cause) => cause.message).join('; ')}`;
  return status(409, 'Conflict', message, { causes });
}
