import type { Guard } from './guard.ts';

/** A pod that starts again without its Secret would hang: a Secret outlives the last Deployment that names it. */
export const inUseGuard: Guard = ({ object, desired, secretsInUse }) =>
  object.kind === 'Secret' && desired.state === 'present' && secretsInUse.has(object.metadata.name)
    ? { guard: 'in_use', reason: 'a Deployment still uses it' }
    : undefined;
