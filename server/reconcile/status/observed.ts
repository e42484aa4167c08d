import type { LiveObject } from '../../cluster/live-object.ts';
import type { HeldBack } from '../desired/desired-state.ts';
import type { DataFate, Suspension } from '../../../constructs/schema/index.ts';
import type { Rewind } from '../plan/lineage.ts';
import type { PendingRemovals } from '../plan/removals/pending.ts';
import type { ShownRollout } from '../plan/rollout/shown-rollout.ts';
import type { ShownEvent } from '../live/cluster-event.ts';
import type { Repair } from './trouble.ts';

/** `offered`: a cluster is known, but nobody has accepted it yet; it is looked at and not touched. */
export type ConnectionState = 'connected' | 'unreachable' | 'none' | 'offered';

export interface ObservedConnection {
  readonly state: ConnectionState;
  readonly context: string | null;
  readonly server: string | null;
  /** UID of kube-system: what makes this cluster this cluster. Null before it answered. */
  readonly identity: string | null;
  /** What Claworc waits for and what to do; empty when connected. */
  readonly detail: string;
  /** Why nothing can be known of a cluster that answers; absent for one that is silent, and where all is known. */
  readonly blind?: 'reading' | 'refused';
  /** When the cluster last answered, UTC ISO 8601. */
  readonly lastSeen: string | null;
}

export type UnitSync = 'applied' | 'published' | 'drifted' | 'failed';
export type UnitStatus = 'creating' | 'running' | 'stopped' | 'error';

/** What a bot does now, in the words of the dashboard. */
export interface BotStatus {
  readonly status: UnitStatus;
  /** Cause, a few words: `Crash loop, 6 restarts`. Empty when there is nothing to say. */
  readonly statusReason: string;
  /** What the status word means, one sentence. */
  readonly rule: string;
  /** What was seen in the cluster, one line. */
  readonly seen: string;
  /** What happens next, or what a person can do. */
  readonly next: string;
  /** The place that can mend it. */
  readonly repair: Repair;
  /** A command that helps, ready to be run, or null. */
  readonly command: string | null;
  /** Since when, UTC ISO 8601; never in the future. */
  readonly since: string | null;
  /** When it has to be looked at again although nothing happens, UTC ISO 8601, or null. */
  readonly changesAt: string | null;
}

export interface FieldDrift {
  readonly field: string;
  /** Null: main doesn't have it. */
  readonly main: string | null;
  /** Null: the live object lacks it. */
  readonly live: string | null;
  /** Programs beside Claworc that own what lives there; who ran them the cluster doesn't tell. */
  readonly managers: readonly string[];
  /** When the last of them wrote, UTC ISO 8601; null where nobody says. */
  readonly changedAt: string | null;
}

/** An object that something else changes back each time: it rests for a while. */
export interface Fight {
  readonly kind: string;
  readonly name: string;
  /** How often it was put right of late. */
  readonly count: number;
  /** Who changes it, as far as the cluster tells. */
  readonly managers: readonly string[];
  /** When it is put right again, UTC ISO 8601. */
  readonly goesOnAt: string;
}

export interface ObservedObject {
  readonly kind: string;
  readonly name: string;
  /** Null: not there. Values of a Secret are never in it. */
  readonly live: LiveObject | null;
  readonly drift: readonly FieldDrift[];
  /** In words: `0 of 1 ready`, `bound, 5 GiB`. */
  readonly health: string;
  /** Why this object is not as main says, or empty. */
  readonly reason: string;
}

/** A unit that main no longer has, as long as anything of it lives. */
export interface LeavingState {
  /** What becomes of its volumes. */
  readonly data: DataFate;
  /** What it waits for, for people. */
  readonly waitsFor: string;
  /** It doesn't go by itself. */
  readonly isStuck: boolean;
  /** `Kind name` of what is still there. */
  readonly objects: readonly string[];
}

/** One unit as it is in the cluster and as the reconciler left it. */
export interface ObservedUnit extends BotStatus {
  readonly unit: string;
  readonly leaving: LeavingState | null;
  /** Why it is neither applied nor pruned: it is wrong on main, or main doesn't name it at all. */
  readonly held: string | null;
  /** Objects that we applied and that lost their marks: left alone, each with what to do. */
  readonly lostMarks: readonly string[];
  /** Something of it would go, if removals were not withheld. */
  readonly isWithheld: boolean;
  /** Why nothing of it is written although it is compared; null where it is applied. */
  readonly suspension: Suspension | null;
  /** What it waits for that a rollout has not come to; null where it is as main says. */
  readonly heldBack: HeldBack | null;
  readonly fights: readonly Fight[];
  /** What main, as it was looked at, wants of the bot; null where main can't be told or it is no bot. */
  readonly wish: 'running' | 'stopped' | null;
  /** The commit that changed the unit last, applied or tried; null before the first. */
  readonly commit: string | null;
  readonly sync: UnitSync;
  /** Since when it is so, UTC ISO 8601; null for what was so before this process began, where the cluster doesn't say. */
  readonly syncSince: string | null;
  /** What the sync word means here: the fields that drifted, a refusal in words; empty when we applied it, else who did. */
  readonly reason: string;
  /** What happens next about that, or what a person can do; empty where nothing is left to happen. */
  readonly syncNext: string;
  readonly objects: readonly ObservedObject[];
  /** Warnings of the API server (Pod Security), replica failures, and what the cluster changed on the way in. */
  readonly warnings: readonly string[];
  readonly appliedAt: string | null;
  readonly healthyAt: string | null;
  /** Newest first, at most 50. */
  readonly events: readonly ShownEvent[];
}

export interface RetainedVolumes {
  readonly instance: string;
  readonly volumes: readonly string[];
}

/** A unit that is neither applied nor pruned: something is wrong with it on main, or main doesn't name it at all. */
export interface HeldUnit {
  readonly unit: string;
  readonly reason: string;
}

/** What the reconciler knows, in memory; reading it costs nothing. Values are replaced, never changed. */
export interface Observed {
  connection(): ObservedConnection;
  /** The commit that the reconciler works on; null before it has read one. */
  commit(): string | null;
  /** The namespace that is followed: where the bots live, which may be one that main has left. Null before one is. */
  namespace(): string | null;
  unit(name: string): ObservedUnit | undefined;
  /** Units that leave, lost marks, or wait for removals that are withheld; by name. */
  notable(): readonly ObservedUnit[];
  /** The commit for which the unit was observed: later than its own where later ones don't change it. Null before a look. */
  isAbout(name: string): string | null;
  /** Every unit known from main or from the cluster. */
  units(): readonly string[];
  held(): readonly HeldUnit[];
  /** What holds for the whole fleet until a person or the cluster ends it: one sentence each. */
  standing(): readonly string[];
  /** Volumes of deleted bots that were kept. */
  retained(): readonly RetainedVolumes[];
  /** Removals that wait for an approval, their turn or a delay; null where none does. */
  removals(): PendingRemovals | null;
  /** A change of the fleet that goes from ring to ring; null where none does. */
  rollout(): ShownRollout | null;
  /** Main doesn't come after what the cluster runs, and a person has to say that it counts; else null. */
  rewind(): Rewind | null;
  /** Rises at once with every change, before it is told: what was read under the same number is still so. */
  changes(): number;
  /** Calls back after each change with the units it touched; an empty set means the connection or the fleet. Returns the way to stop it. */
  subscribe(listener: (units: ReadonlySet<string>) => void): () => void;
}
