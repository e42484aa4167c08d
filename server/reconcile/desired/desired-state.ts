import type { KubeObject } from '../../../constructs/kube-object.ts';
import type {
  Applier,
  DataFate,
  KeyScope,
  RemovalBudget,
  RolloutSettings,
  Suspension,
} from '../../../constructs/schema/index.ts';
import type { ManagedKind } from '../../cluster/resources.ts';

/** A sealed key that becomes a Secret's `data` in memory, at the moment of its apply. */
export interface SealedSource {
  readonly scope: KeyScope;
  readonly key: string;
  /** The file's text as it is in git. */
  readonly text: string;
  /** What the file has whoever applies it leave on the Secret, to tell its value by; null where it has nothing to tell it by. */
  readonly mark: string | null;
}

export interface DesiredObject {
  readonly kind: ManagedKind;
  readonly name: string;
  /** Path in the instances repo. */
  readonly file: string;
  /** Stamped. For a sealed key `data` holds its entry's name with a place holder. */
  readonly object: KubeObject;
  readonly sealed?: SealedSource;
  /** Fields that claworc.yaml leaves to the cluster once the object is there, as diffs write them. */
  readonly left?: readonly string[];
}

export interface RemovedUnit {
  readonly unit: string;
  readonly state: 'removed';
  readonly data: DataFate;
  /** Tells this tombstone from every other one of the bot. */
  readonly tombstone: string;
  readonly suspension?: Suspension;
}

/** What a bot waits for that keeps what it runs while a change goes through the fleet. */
export interface HeldBack {
  /** The commit whose rendering it keeps. */
  readonly runs: string;
  /** The commit whose claworc.yaml goes through the fleet. */
  readonly target: string;
  /** Its ring, 1 for the first, and how many there are. */
  readonly ring: number;
  readonly rings: number;
}

/** `suspension`: nothing of it is written, though it is compared. */
export type DesiredUnit =
  | {
      readonly unit: string;
      readonly state: 'present';
      readonly objects: readonly DesiredObject[];
      readonly suspension?: Suspension;
      /** A rollout has not come to it: the objects are those of the commit that it runs. */
      readonly heldBack?: HeldBack;
    }
  | RemovedUnit
  /** Something about it is wrong on main: neither applied nor pruned. */
  | { readonly unit: string; readonly state: 'held'; readonly reason: string };

/** Whether deletions may be decided from this commit, and overwrites. */
export type PrunePermit =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly reason: string; readonly overwrites?: OverwriteHold };

/**
 * Units that are not written. `living` and `fleet`: they may be another repository's, all that live, or what the fleet
 * shares. `all`: nothing of this commit is, as the fleet would then run twice.
 */
export interface OverwriteHold {
  readonly units: 'living' | 'fleet' | 'all';
  readonly reason: string;
}

/** What one commit wants. */
export interface DesiredState {
  readonly commit: string;
  /** Null: claworc.yaml is missing or broken, and nothing can be applied. */
  readonly namespace: string | null;
  /** `external`: nothing of it is written by Claworc. */
  readonly applier: Applier;
  /** Of the whole fleet, where its claworc.yaml says so. */
  readonly suspension?: Suspension;
  readonly units: ReadonlyMap<string, DesiredUnit>;
  /** Node ports that a record names, by unit. */
  readonly nodePorts: ReadonlyMap<string, readonly number[]>;
  /** What may leave with it, by the claworc.yaml that its commit started from. */
  readonly removalBudget: RemovalBudget;
  /** How a change of the fleet goes through it; absent where it goes to all bots at once. */
  readonly rollout?: RolloutSettings;
  /** False when a part of the tree could not be read. */
  readonly complete: PrunePermit;
  /** Why this isn't what main's newest commit wants, and what is to be put right there; absent where it is. */
  readonly behind?: string;
}
