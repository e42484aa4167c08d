import type { LiveObject } from '../../../cluster/live-object.ts';
import { PART_OF_LABEL, RETAINED_LABEL, unitOf } from '../../desired/stamp.ts';
import type { Guard } from './guard.ts';

/**
 * Both marks must be there, and the annotation must name this very object: operators copy labels and annotations to
 * objects of their own.
 */
export const markGuard: Guard = ({ object, unit, applySetId }) => {
  if (unitOf(object) !== unit) {
    return { guard: 'mark', reason: 'it has no mark of Claworc that names itself: it is left alone' };
  }
  const labels = object.metadata.labels ?? {};
  if (labels[PART_OF_LABEL] === applySetId || isRetainedFrom(object, unit)) return undefined;
  return { guard: 'mark', reason: `it is not a member of the ApplySet of ${unit}: it is left alone` };
};

export function isRetainedFrom(object: LiveObject, unit: string): boolean {
  return object.metadata.labels?.[RETAINED_LABEL] === unit;
}
