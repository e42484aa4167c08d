import type { ClusterApi } from '../../cluster/api.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { recordCommit } from '../apply/record-commit.ts';
import type { ClusterSession } from '../live/cluster-session.ts';

/** Writes down in the cluster, once at a time, which commit it was brought to. */
export function createCommitRecorder(
  api: ClusterApi,
  version: string,
  log: Log,
): (session: Pick<ClusterSession, 'index' | 'namespace'>, commit: string) => Promise<void> {
  /** The commit that is being written down. */
  let recording: string | undefined;
  return async ({ index, namespace }, commit) => {
    if (index.isEmpty() || recording === commit) return;
    recording = commit;
    await recordCommit({ api, index, namespace, version }, commit).catch((error: unknown) =>
      log.warn('the commit could not be written down', { error: messageOf(error) }),
    );
    recording = undefined;
  };
}
