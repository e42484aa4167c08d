import { isRecord } from '../../../lib/is-record.ts';
import type { PlannedAction } from '../plan-types.ts';
import { writtenFields } from './written-fields.ts';

/** `restart`: the pod is replaced by another one. */
export type PodChange = 'no' | 'restart' | 'start' | 'stop';

/** A Deployment's pods before and after; `isOther`: the pod after is made from something else. */
export function changeOfPods(before: number, after: number, isOther: boolean): PodChange {
  if (before === 0) return after === 0 ? 'no' : 'start';
  if (after === 0) return 'stop';
  return isOther ? 'restart' : 'no';
}

/** Pods that a Deployment asks for; 0 of none. */
export function replicasIn(deployment: unknown): number {
  if (deployment === undefined) return 0;
  const spec = isRecord(deployment) && isRecord(deployment.spec) ? deployment.spec : {};
  return typeof spec.replicas === 'number' ? spec.replicas : 1;
}

export const isRunning = (deployment: unknown): boolean => replicasIn(deployment) > 0;

/** What a planned action on a Deployment does to its pod; `no` for any other action. */
export function podChange(planned: PlannedAction): PodChange {
  const { kind, live, desired } = planned;
  if (kind !== 'Deployment') return 'no';
  const before = replicasIn(live);
  const wanted = replicasIn(desired?.object);
  switch (planned.action) {
    case 'create':
      return changeOfPods(0, wanted, false);
    case 'configure': {
      const written = writtenFields(planned);
      const after = written.includes('spec.replicas') ? wanted : before;
      return changeOfPods(before, after, written.some(isOfPod));
    }
    case 'replace':
      return changeOfPods(before, wanted, true);
    case 'prune':
      return changeOfPods(before, 0, false);
    case 'unchanged':
    case 'skip':
    case 'conflict':
    case 'retain':
      return 'no';
  }
}

const isOfPod = (field: string): boolean => field === 'spec.template' || field.startsWith('spec.template.');
