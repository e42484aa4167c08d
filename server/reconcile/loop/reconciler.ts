import type { ClusterApi } from '../../cluster/api.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Snapshots } from '../../git/read/snapshots.ts';
import type { DesiredSource } from '../desired/desired-source.ts';
import type { Renderings } from '../desired/renderings.ts';
import type { Admit } from './cluster-gate.ts';
import type { LoopFigures, LoopListener } from './loop-metrics.ts';
import type { OpenKey } from '../apply/open-secret.ts';
import type { SteerRollout } from '../plan/rollout/steer-rollout.ts';
import type { Observed } from '../status/observed.ts';

export interface ReconcilerOptions {
  /** Null: no cluster was named. Main is read and shown, and nothing else happens. */
  readonly api: ClusterApi | null;
  readonly source: DesiredSource;
  /** Of the same repository; saves a second reading of each commit. */
  readonly snapshots?: Pick<Snapshots, 'at'>;
  /** Of the same repository; saves a second rendering of each bot. */
  readonly renderings?: Renderings;
  /** Version of Claworc, for the ApplySets. */
  readonly version: string;
  /** Without it units with sealed keys are held. */
  readonly open?: OpenKey;
  /** Writes what becomes of bots as Kubernetes events too. @default false */
  readonly recordsEvents?: boolean;
  /** @default nobody listens */
  readonly listener?: LoopListener;
  readonly log: Log;
  readonly clock: Clock;
  /** Asked when the cluster has said who it is. @default every cluster, as it was named by a person */
  readonly admit?: Admit;
  /** Main and every unit are looked at this often without any cause. @default 300_000 */
  readonly resyncMs?: number;
  /** Units at once. @default 8 */
  readonly concurrency?: number;
  /** @default Math.random */
  readonly random?: () => number;
}

/** What a person saw of removals that wait: where it is something else by now, their approval counts for nothing. */
export interface ApprovalOf {
  readonly commit: string;
  readonly hash: string;
}

/** What a person saw of a main that doesn't come after what the cluster runs. */
export interface RewindOf {
  readonly commit: string;
  /** Empty where the cluster names no commit. */
  readonly last: string;
}

/** The loop that keeps a cluster as main says. */
export interface Reconciler {
  /** Works until aborted; resolves within 5 s of that. Never rejects: trouble is in what it observed. To be called once. */
  run(signal: AbortSignal): Promise<void>;
  /** Looks at main now and tries again what failed, without waiting for it. */
  reconcileNow(): void;
  /** Puts right at once what rests in a unit as something else keeps changing it. */
  goOn(unit: string): void;
  /** Lets an offered cluster be written to. */
  accept(): void;
  /** Lets removals begin that wait for an approval. Throws `conflict` where something else waits now. */
  approveRemovals(asked: ApprovalOf): Promise<void>;
  /** Pauses a rollout, has it go on, or lets all bots have the change. Throws `conflict` where another is on its way, or none. */
  steerRollout(asked: SteerRollout): Promise<void>;
  /** Lets main count although it doesn't come after what the cluster runs. Throws `conflict` where something else holds now. */
  acceptRewind(asked: RewindOf): Promise<void>;
  readonly observed: Observed;
  /** How much there is to do, counted when it is asked for. */
  readonly figures: () => LoopFigures;
}
