import type { ClusterApi } from '../cluster/api.ts';
import type { ClusterConnection } from '../cluster/connection.ts';
import type { GitRepository } from '../git/repository.ts';
import type { Snapshots } from '../git/read/snapshots.ts';
import type { Clock } from '../lib/clock.ts';
import type { Failpoint } from '../lib/failpoint.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics/metrics.ts';
import type { RandomBytes } from '../lib/random.ts';
import type { LoopFigures } from '../reconcile/loop/loop-metrics.ts';
import type { ApprovalOf, RewindOf } from '../reconcile/loop/reconciler.ts';
import type { Observed } from '../reconcile/status/observed.ts';
import type { EditChoices } from '../store/edit.ts';
import type { Store } from '../store/open-store.ts';
import type { Screens } from '../vnc/screens.ts';
import type { Tickets } from '../vnc/tickets.ts';
import type { EventBus } from './event-bus.ts';
import type { Freshness } from './fleet/freshness.ts';
import type { Tally } from './fleet/tally.ts';
import type { SteerRollout } from '../reconcile/plan/rollout/steer-rollout.ts';
import type { ForgeLine } from './proposals/forge-line.ts';
import type { ProposalReviews } from './proposals/reviews.ts';
import type { Publisher } from './publish/publisher.ts';

/** The cluster as the server sees it; without one, `observed` says so and both `connection` and `api` are null. */
export interface ClusterLink {
  readonly observed: Observed;
  readonly connection: ClusterConnection | null;
  readonly api: ClusterApi | null;
  /** True for a server that runs in the cluster itself, where pods can be reached without a detour. */
  readonly inCluster: boolean;
  /** How much the loop has to do; null where there is none. */
  readonly figures: (() => LoopFigures) | null;
  /** Uses the cluster that was offered; remembered. */
  accept(): void;
  /** Puts right at once what rests in a unit as something else keeps changing it. */
  goOn(unit: string): void;
  /** Lets removals go that wait for an approval. Throws `conflict` where others wait now, `forbidden` where this process only looks. */
  approveRemovals(asked: ApprovalOf): Promise<void>;
  /** Pauses a rollout, or has it go on. Throws `conflict` where another is on its way, `forbidden` where this process only looks. */
  steerRollout(asked: SteerRollout): Promise<void>;
  /** Lets main count although it doesn't come after what the cluster runs. Throws as `approveRemovals` does. */
  acceptRewind(asked: RewindOf): Promise<void>;
  /** Looks at main now instead of at the next turn. */
  reconcileNow(): void;
}

/** Where a write goes, and what its person decided of conflicts that they were shown. */
export interface WriteTarget {
  /** Number of an open proposal, or the title of one that the write opens. @default main */
  readonly proposal?: number | { readonly title: string };
  readonly choices?: EditChoices;
  /** Told the number of the proposal that the write went to. */
  readonly onProposal?: (number: number) => void;
}

/** Everything that a use case works with; made in one place and handed down. */
export interface AppContext {
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly version: string;
  /** What stands before every path of this server in the address that browsers use: `/claworc`, or empty. */
  readonly basePath: string;
  /** UTC, ISO 8601. */
  readonly startedAt: string;
  /** Whose name stands on the commits of this server's own writes. */
  readonly author: { readonly name: string; readonly email: string };
  readonly store: Store;
  readonly repository: GitRepository;
  /** Commits of the repository, each parsed once. */
  readonly snapshots: Snapshots;
  readonly publisher: Publisher;
  readonly cluster: ClusterLink;
  readonly freshness: Freshness;
  readonly bus: EventBus;
  readonly tally: Tally;
  /** What this process tells a monitoring system. */
  readonly metrics: Metrics;
  readonly tickets: Tickets;
  readonly screens: Screens;
  /** Key of the fingerprints that tell a repeated API key; opens nothing. */
  readonly fingerprintKey: Uint8Array;
  /** Why sealed keys can't be opened here, for people; null where they can, or where this process never does. */
  readonly identityTrouble: () => string | null;
  readonly reviews: ProposalReviews;
  /** Null where the remote is on no forge, or none was named. */
  readonly forge: ForgeLine | null;
  /** Where writes go. @default to main */
  readonly target?: WriteTarget;
  /** How long a write waits for its commit. */
  readonly writeTimeoutMs: number;
  readonly failpoint: Failpoint;
}
