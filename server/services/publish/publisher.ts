import type { RemoteTrouble } from '../../git/remote/errors.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import type { Reader } from '../../store/connection.ts';
import type { Edit, EditConflict } from '../../store/edit.ts';
import type { NewProposal } from '../../store/proposals.ts';

/** Where an edit stands. `pending`: still on its way; nothing is lost. */
export type Settled =
  | { readonly state: 'published'; readonly commit: string }
  | { readonly state: 'pending' }
  /** On the branch of its proposal. */
  | { readonly state: 'proposed'; readonly commit: string }
  | { readonly state: 'conflict'; readonly conflicts: readonly EditConflict[] }
  | { readonly state: 'failed'; readonly detail: string }
  | { readonly state: 'discarded' };

export interface PublishEvents {
  /** How far the import of what somebody else put on main is; told now and then, in bots. */
  reading: { readonly done: number; readonly of: number };
  /** An edit is on main (also one that turned out to change nothing: `commit` is then the head that has it already). */
  published: { readonly editId: string; readonly commit: string; readonly units: readonly string[] };
  /** The database is at this commit now; `units` are those that somebody else's commits changed. */
  imported: { readonly commit: string; readonly units: readonly string[] };
  /** Renderings that were due are on main, in a commit of ours. */
  rendered: { readonly units: readonly string[] };
  conflict: { readonly editId: string; readonly units: readonly string[]; readonly conflicts: readonly EditConflict[] };
  failed: { readonly editId: string; readonly units: readonly string[]; readonly detail: string };
  /** A proposal looks different now; `units` are those of edits that found their place or lost it. */
  proposal: { readonly number: number; readonly units: readonly string[] };
  /** The state below changed. */
  state: PublisherState;
}

export type PublisherState =
  | { readonly state: 'following'; readonly head: string | null }
  /** git can't be read or written just now; it is tried again. */
  | { readonly state: 'unreachable'; readonly head: string | null; readonly detail: string }
  /** Main holds more than is read: drafts stay drafts, and nothing is imported, until another commit takes it out. */
  | { readonly state: 'too_large'; readonly head: string; readonly detail: string }
  /** Main demands signatures, and nothing that this server writes would count, or claworc.yaml itself is unsigned. */
  | { readonly state: 'unsigned'; readonly head: string; readonly detail: string }
  /** History was rewritten: nothing is published or imported until `acceptHead`. */
  | {
      readonly state: 'rewritten';
      readonly head: string | null;
      readonly imported: string;
      readonly detail: string;
    }
  /** The remote can't be reached or used: edits stay drafts, and what is here goes on being applied. */
  | {
      readonly state: 'remote';
      readonly head: string | null;
      readonly trouble: RemoteTrouble | 'branch_gone';
      readonly detail: string;
    };

/** The repository that is the truth, where it is not the embedded one. */
export interface RemoteStanding {
  /** Without anything that opens it. */
  readonly url: string;
  readonly branch: string;
  /** UTC, ISO 8601; null: not since this process began. */
  readonly lastSeen: string | null;
  /** Why branches beside main are not here as they are there, in words; empty where they are. */
  readonly branchTrouble: string;
}

/** Puts edits on main and brings the database up to what others put there. */
export interface Publisher {
  /**
   * Saves an edit in one transaction, with a proposal that it opens, and returns at once with the number of its proposal, if it
   * goes to one. Throws `name_taken` for a new bot of a known name.
   */
  submit(edit: Edit, opening?: (read: Reader) => NewProposal): number | undefined;
  /** Waits until an edit is settled, at most `timeoutMs`; then `pending`. Throws `not_found` for an unknown id. */
  settled(editId: string, timeoutMs: number): Promise<Settled>;
  /** Gives up a draft; false if it is on main already, or being put there. */
  discardDraft(editId: string): boolean;
  /**
   * Does something about git where no edit is published meanwhile, with main as it is then. Rejects with `git_unreachable`
   * while nothing may be published.
   */
  inTurn<T>(work: (main: Snapshot & { readonly commit: string }) => Promise<T>): Promise<T>;
  /**
   * For those who push to the embedded repository: waits while an edit that lost against a push gets its turn, some
   * seconds at most. Without it, whoever pushes without a pause would leave main to nobody else.
   */
  passForPush(): Promise<void>;
  /** Says that a proposal looks different now. */
  touchProposal(number: number, units: readonly string[]): void;
  /** Works until `signal` is aborted: imports main, publishes the outbox, follows main. Call once. */
  run(signal: AbortSignal): Promise<void>;
  state(): PublisherState;
  /** Null where the embedded repository is the truth. */
  remote(): RemoteStanding | null;
  /** Asks the remote now instead of at the next poll. */
  pull(): void;
  /** The same, and waits until it has answered, or has not within `timeoutMs`. */
  pulled(timeoutMs: number): Promise<void>;
  /** Goes on from `head` after history was rewritten; the database takes over what is there. */
  acceptHead(head: string): Promise<void>;
  /** Puts main back on a remote that lost its branch. */
  restoreBranch(): Promise<void>;
  on<K extends keyof PublishEvents>(type: K, listener: (event: PublishEvents[K]) => void): () => void;
}
