import type { ClusterApi } from '../../cluster/api.ts';
import type { FileVersions } from '../../git/read/file-versions.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { DesiredSource } from '../desired/desired-source.ts';
import type { ClusterSession } from '../live/cluster-session.ts';
import { isOccupant, occupantsOf } from '../live/occupants.ts';
import { findNamespaceHold } from '../plan/find-namespace-hold.ts';
import type { NamespaceHold } from '../plan/namespace-hold.ts';

type Followed = Pick<ClusterSession, 'namespace' | 'index' | 'isSynced'>;

/** Knows where the fleet lives, which may be a namespace that main has left. */
export interface NamespaceWatch {
  /** Why nothing of main is applied, or null; as of the last `settle`. */
  hold(): NamespaceHold | null;
  /**
   * The namespace that is to be followed for a commit: where the bots live, or else the one that main names. The
   * cluster is asked when main names another than before, after `forget`, and when the last bot has gone. `isKnown`
   * is false where it doesn't answer: nothing may be written then.
   */
  settle(
    commit: string,
    namespace: string,
    session: Followed | null,
  ): Promise<{ readonly follow: string; readonly isKnown: boolean }>;
  /** True when bots held the fleet up and the last of them has gone with one of these units. */
  isReleased(session: Followed, units: Iterable<string>): boolean;
  /** It may be another cluster now. */
  forget(): void;
  /** What couldn't be known is asked again. */
  forgetDoubt(): void;
}

export function createNamespaceWatch(api: ClusterApi, source: DesiredSource, log: Log): NamespaceWatch {
  let decided: { readonly namespace: string; readonly hold: NamespaceHold | null } | undefined;
  let history: { readonly commit: string; readonly versions: Promise<FileVersions> } | undefined;
  const workedIn = new Set<string>();

  const versionsOf = (commit: string, path: string): Promise<FileVersions> => {
    if (history?.commit !== commit) history = { commit, versions: source.fileVersions(commit, path) };
    return history.versions;
  };
  /** Where bots live although main names another namespace, as far as that is known. */
  const inhabited = (): string | null => {
    const { bots = null, former = null } = decided?.hold ?? {};
    return bots === null ? null : former;
  };
  const holdsBots = ({ namespace, isSynced }: Followed): boolean => inhabited() === namespace && isSynced();
  const isEmpty = ({ index }: Followed): boolean => occupantsOf(index).next().done === true;

  return {
    hold: () => decided?.hold ?? null,
    async settle(commit, namespace, session) {
      if (session !== null && holdsBots(session) && isEmpty(session)) decided = undefined;
      if (decided?.namespace !== namespace) {
        if (decided?.hold === null) workedIn.add(decided.namespace);
        decided = undefined;
        const orderOf: DesiredSource['orderOf'] = (one, other) => source.orderOf(one, other);
        try {
          const hold = await findNamespaceHold({ api, commit, namespace, orderOf, versionsOf, workedIn });
          decided = { namespace, hold };
        } catch (error) {
          history = undefined;
          if (!(error instanceof ClaworcError)) throw error;
          log.debug('where the fleet lives cannot be told now', { error: messageOf(error) });
          return { follow: session?.namespace ?? namespace, isKnown: false };
        }
      }
      return { follow: inhabited() ?? namespace, isKnown: true };
    },
    isReleased(session, units) {
      if (!holdsBots(session)) return false;
      for (const unit of units) if (!isOccupant(session.index, unit)) return isEmpty(session);
      return false;
    },
    forget() {
      decided = undefined;
      workedIn.clear();
    },
    forgetDoubt() {
      if (decided?.hold?.bots === null) decided = undefined;
    },
  };
}
