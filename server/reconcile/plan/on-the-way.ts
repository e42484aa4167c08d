import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import type { FieldDifference } from './diff.ts';
import { formatPath } from './field-path.ts';
import { leavesOf } from './leaves.ts';
import { ourFields, owns } from './ownership.ts';

/**
 * Those of `fields` that the cluster itself changed on the way in, of an object whose last apply was of this very
 * `desired`. Whoever else changes a value, or takes it away, takes our ownership; admission (a webhook, a policy) does not.
 * Where we own a field and it has another value, each further apply would meet the same.
 */
export function changedOnTheWay(
  desired: KubeObject,
  live: LiveObject,
  fields: readonly FieldDifference[],
): readonly FieldDifference[] {
  const ours = ourFields(live);
  if (ours === undefined || fields.length === 0) return [];
  const owned = new Set(
    leavesOf(desired)
      .filter(({ path }) => owns(ours, path))
      .map(({ path }) => formatPath(path)),
  );
  return fields.filter(({ field, main }) => main !== null && owned.has(field));
}

/**
 * `changed on the way in by the cluster: spec.replicas is 2, main says 1`; empty for no field. Which of `changers` did it
 * can't be known.
 */
export function describeOnTheWay(fields: readonly FieldDifference[], changers: readonly string[] = []): string {
  if (fields.length === 0) return '';
  const each = fields.map(
    ({ field, main, live }) => `${field} is ${live ?? 'not there'}, main says ${main ?? 'nothing'}`,
  );
  const who = changers.length === 0 ? [] : [`perhaps by ${changers.join(' or ')}`];
  return `changed on the way in by the cluster: ${[...each, ...who].join('; ')}`;
}

/** Two things to tell of one object, of which either may be empty. */
export const joinWords = (...texts: readonly string[]): string => texts.filter((text) => text !== '').join('; ');
