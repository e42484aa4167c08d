import { ClaworcError } from '../../lib/errors.ts';
import { listTombstones } from '../../store/tombstones.ts';
import type { AppContext } from '../app-context.ts';

/**
 * Throws `volumes_retained` when volumes of a deleted bot of this name were kept: a new bot would find another bot's
 * data in them. The cluster knows; where it can't be asked, a tombstone that kept the data counts.
 */
export function checkNoRetainedVolumes({ cluster, store }: AppContext, name: string): void {
  const live = cluster.observed.retained().find(({ instance }) => instance === name);
  const kept =
    cluster.observed.connection().state === 'connected'
      ? live !== undefined
      : listTombstones(store.reader).some((tombstone) => tombstone.name === name && tombstone.data === 'retain');
  if (!kept) return;
  throw new ClaworcError(
    'volumes_retained',
    `The volumes of a deleted bot ${name} were kept. Send reuse_volumes: true to take them over, or choose another name.`,
    { field: 'display_name', body: { volumes: live?.volumes ?? [] } },
  );
}
