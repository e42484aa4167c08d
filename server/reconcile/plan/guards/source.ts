import type { Guard } from './guard.ts';

/** Nothing is deleted on the word of a commit that was not read whole, or that is not a descendant of the last applied. */
export const sourceGuard: Guard = ({ permit }) =>
  permit.allowed ? undefined : { guard: 'source', reason: permit.reason };
