import type { GitRepository } from '../../git/repository.ts';
import type { Snapshots } from '../../git/read/snapshots.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Failpoint } from '../../lib/failpoint.ts';
import type { Log } from '../../lib/log.ts';
import type { Renderings } from '../../reconcile/desired/renderings.ts';
import type { Store } from '../../store/open-store.ts';

export interface ProposalLineDeps {
  readonly store: Store;
  readonly repository: GitRepository;
  readonly snapshots: Snapshots;
  readonly renderings: Renderings;
  readonly log: Log;
  readonly clock: Clock;
  readonly failpoint: Failpoint;
  /** Told of each proposal that looks different now, and of each edit that found its place. */
  readonly onChange: (number: number, units: readonly string[]) => void;
  readonly onSettled: (editId: string) => void;
  /** Told when a branch turned out to be elsewhere on the remote. */
  readonly onOutrun: () => void;
}
