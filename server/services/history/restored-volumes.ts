import { getTombstone } from '../../store/tombstones.ts';
import type { AppContext } from '../app-context.ts';

/** Of a bot that lives. */
export const DATA_STAYS = 'What is in its volumes stays as it is now: git holds settings, and no data.';

/** Of several. */
export const ALL_DATA_STAYS = 'What is in the volumes stays as it is now: git holds settings, and no data.';

/** What a bot that comes back finds of its data, in one sentence. */
export function volumesOfReturning({ store, cluster }: Pick<AppContext, 'store' | 'cluster'>, name: string): string {
  const { observed } = cluster;
  const isSeen = observed.connection().state === 'connected';
  const wasDestroyed = getTombstone(store.reader, name)?.data === 'destroy';
  if (isSeen && (observed.unit(name)?.leaving ?? null) !== null) {
    return wasDestroyed
      ? 'It is still leaving the cluster: of its volumes comes back what is not destroyed yet.'
      : 'It is still leaving the cluster, and takes its volumes back.';
  }
  const kept = observed.retained().find(({ instance }) => instance === name)?.volumes ?? [];
  if (kept.length > 0) return `It takes over the volumes that were kept of it: ${kept.join(', ')}.`;
  if (isSeen && !wasDestroyed) return 'No volume of it is left in the cluster: it begins with empty ones.';
  return volumesUnseen(wasDestroyed);
}

/** The same where no cluster can be asked: main has a tombstone of it that says whether its data was to go. */
export function volumesUnseen(wasDestroyed: boolean): string {
  return wasDestroyed
    ? 'Its volumes were destroyed with it, and stay destroyed: it begins with empty ones.'
    : 'It takes over what was kept of its volumes; without a cluster nobody can say whether that is still there.';
}
