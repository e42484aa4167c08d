import { unitOfScope, FLEET_UNIT } from '../../constructs/repo/paths.ts';
import type { BotInstance, DataFate, Fleet, KeyScope } from '../../constructs/schema/index.ts';

/** A change of one document: what the person saw (`base`), and what they want instead (`next`). */
export type DocumentChange =
  | {
      readonly kind: 'BotInstance';
      readonly name: string;
      /** Null: the bot is new. */
      readonly base: BotInstance | null;
      /** Null: remove the bot. */
      readonly next: BotInstance | null;
      /** What becomes of the volumes of a removed bot; default `retain`. */
      readonly data?: DataFate;
      /**
       * The text that a bot which is restored was written in, with its comments; it is what is written where main has
       * none that can be read. @default none is known
       */
      readonly text?: string;
    }
  | {
      readonly kind: 'Fleet';
      readonly base: Fleet | null;
      readonly next: Fleet;
      /** As of a bot. @default none is known */
      readonly text?: string;
    }
  | {
      readonly kind: 'SealedKey';
      readonly scope: KeyScope;
      /** The environment variable. */
      readonly key: string;
      /** SHA-256 of the sealed file that the person's page knew; null: there was none. @default whatever is there */
      readonly base?: string | null;
      /** The sealed file; null takes the key away. */
      readonly next: { readonly file: string; readonly fingerprint: Uint8Array; readonly hint: string } | null;
    };

export type SealedKeyChange = Extract<DocumentChange, { readonly kind: 'SealedKey' }>;

/** Everything that one click or one request changes; it becomes one commit. */
export interface Edit {
  /** A UUID; the commit's `Claworc-Edit` trailer. */
  readonly id: string;
  /** ISO 8601, UTC; both dates of the commit. */
  readonly at: string;
  readonly author: { readonly name: string; readonly email: string };
  /** Subject of the commit, one line. */
  readonly message: string;
  readonly changes: readonly DocumentChange[];
  /** Number of the proposal that it belongs to. @default it goes to main by itself */
  readonly proposal?: number;
  /** @default no conflict is decided beforehand */
  readonly choices?: EditChoices;
}

/** Conflicts that a person was shown and decided, by `choiceOf`. */
export interface EditChoices {
  readonly mine?: readonly string[];
  readonly theirs?: readonly string[];
}

/** A field that main changed after the person saw it. Values are undefined where the field was not set. */
export interface EditConflict {
  readonly unit: string;
  /** Dotted, `spec.resources.limits.cpu`; empty for the document itself (removed here, changed there). */
  readonly field: string;
  readonly base: unknown;
  readonly theirs: unknown;
  readonly mine: unknown;
}

/** `proposed`: on the branch of its proposal. */
export type EditState = 'pending' | 'proposed' | 'published' | 'conflict' | 'failed' | 'discarded';

/** An edit and where it stands. */
export interface EditRow extends Edit {
  readonly state: EditState;
  /** The commit on main; null unless published. */
  readonly commit: string | null;
  /** The commit on the branch of its proposal; null before it is there. */
  readonly proposedAs: string | null;
  /** Why it failed, in words. */
  readonly detail: string;
  readonly conflicts: readonly EditConflict[];
  readonly settledAt: string | null;
}

/** The unit that a change belongs to: a bot's name, or `fleet`. */
export function unitOf(change: DocumentChange): string {
  switch (change.kind) {
    case 'BotInstance':
      return change.name;
    case 'Fleet':
      return FLEET_UNIT;
    case 'SealedKey':
      return unitOfScope(change.scope);
  }
}
