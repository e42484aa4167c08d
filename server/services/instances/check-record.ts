import { recordIssuesInFleet } from '../../../constructs/schema/check/check-fleet.ts';
import { validateRecord } from '../../../constructs/schema/check/check-record.ts';
import { problemOf } from '../../../constructs/schema/explain/issue.ts';
import type { BotInstance, Fleet, Problem } from '../../../constructs/schema/index.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { apiFieldOf } from './fields.ts';

/** Throws `invalid` with the API's field, and line and column inside a config, unless the record may be saved. */
export function checkRecord(record: BotInstance, fleet: Fleet, nameOf = apiFieldOf): void {
  const [own] = validateRecord(record);
  if (own !== undefined) throw invalid(own, nameOf);
  const [issue] = recordIssuesInFleet(record, fleet);
  if (issue !== undefined) throw invalid(problemOf('record', issue), nameOf);
}

function invalid({ field, message, line, column }: Problem, nameOf: (path: string) => string): ClaworcError {
  const name = nameOf(field);
  const place = line === undefined ? '' : `line ${line}, column ${column ?? 1}: `;
  return new ClaworcError('invalid', `${name}: ${place}${message}.`, {
    field: name,
    body: line === undefined ? {} : { line, column },
  });
}
