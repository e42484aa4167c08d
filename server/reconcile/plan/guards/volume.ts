import type { Guard } from './guard.ts';

/** Data goes only with a tombstone that says `data: destroy`. */
export const volumeGuard: Guard = ({ object, desired }) => {
  if (object.kind !== 'PersistentVolumeClaim') return undefined;
  if (desired.state === 'removed' && desired.data === 'destroy') return undefined;
  const reason =
    desired.state === 'removed' ? 'its tombstone keeps the data' : 'a volume is never removed while its bot stays';
  return { guard: 'volume', reason };
};
