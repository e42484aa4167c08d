import type { ObservedConnection, ObservedUnit } from '../../reconcile/status/observed.ts';

/**
 * Whose manifests of a bot the cluster runs: those of its revision where they were applied since, else those of main as
 * it was when they were. Null where that can't be said: held, refused, drifted, never applied, or no cluster answers.
 */
export function liveRevisionOf(
  revision: string | null,
  live: Pick<ObservedUnit, 'sync' | 'commit'> | undefined,
  isCurrent: boolean,
  connection: Pick<ObservedConnection, 'state'>,
): string | null {
  if (live?.sync !== 'applied' || connection.state !== 'connected') return null;
  return isCurrent ? revision : live.commit;
}
