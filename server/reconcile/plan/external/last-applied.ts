import type { KubeObject } from '../../../../constructs/kube-object.ts';
import type { LiveObject } from '../../../cluster/live-object.ts';
import { isRecord } from '../../../lib/is-record.ts';
import { readPath, type FieldPath } from '../field-path.ts';
import { leavesOf } from '../leaves.ts';

/** Where `kubectl apply` and Argo CD keep what they applied on the client. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Fields that were applied on the client last, that live, and that main no longer has. */
export function lastAppliedFields(desired: KubeObject, live: LiveObject): readonly FieldPath[] {
  const applied = parse(live.metadata.annotations?.[LAST_APPLIED]);
  if (applied?.kind !== desired.kind) return [];
  return leavesOf(applied)
    .map(({ path }) => path)
    .filter((path) => readPath(desired, path) === undefined && readPath(live, path) !== undefined);
}

/** Anybody may write an annotation. */
function parse(text: string | undefined): Readonly<Record<string, unknown>> | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
