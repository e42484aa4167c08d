import { PROTOCOL_BUGS } from './protocol.ts';
import { RECONCILE_BUGS } from './reconcile.ts';
import type { SeededBug } from './seeded-bug.ts';

/** One list a subject, each in a file of its name. */
export const LISTS: Readonly<Record<string, readonly SeededBug[]>> = {
  protocol: PROTOCOL_BUGS,
  reconcile: RECONCILE_BUGS,
};
