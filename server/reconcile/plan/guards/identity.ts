import type { Guard } from './guard.ts';

/** A delete names the uid and resourceVersion that were seen, so that a newer object of the name is never hit. */
export const identityGuard: Guard = ({ object }) => {
  const { uid, resourceVersion } = object.metadata;
  return uid === undefined || resourceVersion === undefined
    ? { guard: 'identity', reason: 'its uid or resourceVersion is unknown' }
    : undefined;
};
