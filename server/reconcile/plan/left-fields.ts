import type { KubeObject } from '../../../constructs/kube-object.ts';
import { coversField } from '../../../constructs/schema/index.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { isRecord } from '../../lib/is-record.ts';
import { formatPath, readPath, type FieldPath } from './field-path.ts';
import { leavesOf } from './leaves.ts';
import { otherOwners } from './ownership.ts';
import { withValue } from './with-value.ts';

/** True where one of `left`, written as diffs write fields, covers `path`. */
export function isLeft(path: FieldPath, left: readonly string[]): boolean {
  if (left.length === 0) return false;
  const field = formatPath(path);
  return left.some((rule) => coversField(rule, field));
}

/**
 * What is sent of `desired` where fields are left to the cluster: main's values to make the object, and what lives from
 * then on. A field that somebody else owns is not sent, so that it is theirs alone; one that nobody else owns is sent as it
 * lives, since an apply without it would take it away.
 */
export function withLeftFields(
  desired: KubeObject,
  live: LiveObject | undefined,
  left: readonly string[] = [],
): KubeObject {
  if (live === undefined || left.length === 0) return desired;
  let sent: unknown = desired;
  for (const { path, value } of leavesOf(desired)) {
    if (!isLeft(path, left)) continue;
    const isTheirs = otherOwners(live, path).length > 0;
    const actual = isTheirs ? undefined : readPath(live, path);
    // What main leaves empty claims nothing inside it.
    const isOpen = actual !== undefined && isRecord(value) && Object.keys(value).length === 0;
    sent = withValue(sent, path, isOpen ? value : actual);
  }
  return sent as KubeObject;
}
