import type { ApiResult, ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { MANAGED_RESOURCES } from '../../cluster/resources.ts';
import { APPROVED_ANNOTATION, readApprovals, writeApprovals } from '../plan/removals/approval.ts';
import type { RemovalVerdict } from '../plan/removals/weigh.ts';

/** Beside the manager of the parent itself, whose applies leave the approvals alone. */
const APPROVAL_MANAGER = 'claworc-approval';

export interface ApprovalTarget {
  readonly api: ClusterApi;
  readonly namespace: string;
  /** The fleet's ApplySet as it was read: another version of it is `stale`. */
  readonly parent: LiveObject;
}

/** Writes down in the cluster that a person approved what waits for it. */
export function approveRemovals(
  target: ApprovalTarget,
  { waiting }: RemovalVerdict,
  now: number,
): Promise<ApiResult<LiveObject>> {
  const approvals = new Map(readApprovals(target.parent));
  for (const { removal, wait } of waiting) if (wait === 'approval') approvals.set(removal.digest, now);
  return write(target, writeApprovals(approvals));
}

/** Takes approvals back that are over. */
export function forgetApprovals(target: ApprovalTarget, over: ReadonlySet<string>): Promise<ApiResult<LiveObject>> {
  const approvals = [...readApprovals(target.parent)].filter(([digest]) => !over.has(digest));
  return write(target, approvals.length === 0 ? null : writeApprovals(new Map(approvals)));
}

function write({ api, namespace, parent }: ApprovalTarget, text: string | null): Promise<ApiResult<LiveObject>> {
  const { name, uid = '', resourceVersion = '' } = parent.metadata;
  const patch = { metadata: { annotations: { [APPROVED_ANNOTATION]: text } } };
  return api.mergePatch(MANAGED_RESOURCES.ConfigMap, namespace, name, patch, {
    fieldManager: APPROVAL_MANAGER,
    preconditions: { uid, resourceVersion },
  });
}
