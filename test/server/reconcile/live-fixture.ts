import type { KubeObject } from '../../../constructs/kube-object.ts';
import type { FieldsV1, LiveObject } from '../../../server/cluster/live-object.ts';
import { fieldsV1Key } from '../../../server/reconcile/plan/field-path.ts';
import { leavesOf } from '../../../server/reconcile/plan/leaves.ts';

interface Tree {
  [key: string]: Tree;
}

/** The FieldsV1 of an apply of this object, as the API server would write it. */
export function fieldsOf(object: KubeObject): FieldsV1 {
  const root: Tree = {};
  for (const { path } of leavesOf(object)) {
    let node = root;
    for (const step of path) {
      node = node[fieldsV1Key(step)] ??= {};
      if (step.type === 'item') node['.'] ??= {};
    }
  }
  return root;
}

/** The live object right after `object` was applied by Claworc. */
export function appliedLive(object: KubeObject, changes: Partial<LiveObject['metadata']> = {}): LiveObject {
  return {
    ...structuredClone(object),
    metadata: {
      ...structuredClone(object.metadata),
      uid: `uid-of-${object.kind}-${object.metadata.name}`,
      resourceVersion: '7',
      managedFields: [
        { manager: 'claworc', operation: 'Apply', time: '2026-11-22T10:00:00Z', fieldsV1: fieldsOf(object) },
      ],
      ...changes,
    },
  };
}
