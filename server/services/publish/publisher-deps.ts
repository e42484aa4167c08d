import type { GitRepository } from '../../git/repository.ts';
import type { Mirror } from '../../git/remote/mirror.ts';
import type { Snapshots } from '../../git/read/snapshots.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Failpoint } from '../../lib/failpoint.ts';
import type { Log } from '../../lib/log.ts';
import type { Renderings } from '../../reconcile/desired/renderings.ts';
import type { Store } from '../../store/open-store.ts';

/** What publishing works with. */
export interface PublisherDeps {
  readonly store: Store;
  readonly repository: GitRepository;
  /** The same repository, where its main is that of a remote. @default it is the truth itself */
  readonly mirror?: Mirror;
  readonly snapshots: Snapshots;
  /** What is known to be rendered right; may be shared with the reconciler. @default nothing is known */
  readonly renderings?: Renderings;
  readonly log: Log;
  readonly clock: Clock;
  /** From 0 to 1; spreads the tries of writers that race. */
  readonly random?: () => number;
  /** How often main, here and on the remote, is looked at when nothing was noticed, in milliseconds; default 30 s. */
  readonly pollMs?: number;
  readonly failpoint?: Failpoint;
}
