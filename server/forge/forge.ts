import type { Membership } from './membership.ts';
import type { ForgeKind } from './place.ts';

/** A pull request, which GitLab calls a merge request. */
export interface PullRequest {
  /** As people name it: GitHub's and Gitea's `#7`, GitLab's `!7`. */
  readonly number: number;
  readonly url: string;
  readonly title: string;
  readonly description: string;
  readonly state: 'open' | 'merged' | 'closed';
  readonly head: { readonly branch: string; readonly commit: string | null };
  /** Short name of the branch that it is for. */
  readonly base: string;
  readonly author: string;
  /** The commit on `base` that the merge made; null until then, and where the forge doesn't tell. */
  readonly mergedAs: string | null;
}

/** One of a list: a fork's has a branch that is not in this repository, though it may be called as one that is. */
export interface ListedPull extends PullRequest {
  readonly isFork: boolean;
}

export interface ForgeCheck {
  readonly name: string;
  readonly state: 'ok' | 'failed' | 'waiting';
  readonly detail: string;
  readonly url: string | null;
}

export interface ForgeReview {
  readonly by: string;
  readonly state: 'approved' | 'changes_requested' | 'commented';
  /** Null where the forge doesn't say when. */
  readonly at: string | null;
  /** The head of the branch that was reviewed; null where the forge doesn't tell. */
  readonly commit: string | null;
}

export interface PullRequestState extends PullRequest {
  readonly checks: readonly ForgeCheck[];
  /** The last word of each reviewer; what was dismissed is not among them. */
  readonly reviews: readonly ForgeReview[];
  /** The forge's own view; `unknown` while it is still finding out. */
  readonly mayMerge: 'yes' | 'no' | 'unknown';
}

export interface ForgeComment {
  readonly id: number;
  readonly author: string;
  /** Written by an integration and not by a person. */
  readonly isMachine: boolean;
  readonly body: string;
}

export interface PullRequestWish {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly description: string;
}

export type OpenOutcome =
  | { readonly outcome: 'opened'; readonly pull: PullRequest }
  /** One is open already for these two branches. */
  | { readonly outcome: 'exists' }
  /** There is no commit between the branches. */
  | { readonly outcome: 'no_change' };

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface MergeWish {
  readonly method: MergeMethod;
  readonly commit: string;
  /** What a squash becomes, subject first. @default what the forge makes of it */
  readonly message?: string;
}

export type MergeOutcome =
  | { readonly outcome: 'merged'; readonly commit: string | null }
  /** `moved`: the branch is not at the commit that was looked at. `refused`: checks, reviews, conflicts; in the forge's words. */
  | { readonly outcome: 'moved' | 'refused'; readonly words: string };

/** Who the token is, and what it may do in the repository. */
export interface ForgeAccount {
  /** Null for an integration, which has no account of its own. */
  readonly login: string | null;
  readonly mayPush: boolean;
}

/**
 * One repository on a forge. Every call throws `forge_unreachable` or `forge_refused` (`errors.ts`) for what is no
 * expected outcome, and `invalid` for a branch name that can't be one.
 */
export interface Forge {
  readonly kind: ForgeKind;
  /** What a description or a comment may hold, in characters. */
  readonly textLimit: number;
  readonly mergeMethods: readonly MergeMethod[];
  account(signal?: AbortSignal): Promise<ForgeAccount>;
  /** The open pull request of exactly these branches of this repository, null where there is none. */
  findOpen(
    branches: { readonly head: string; readonly base: string },
    signal?: AbortSignal,
  ): Promise<PullRequest | null>;
  /** The open ones for a branch, of branches of this repository and of forks, in the forge's order. */
  listOpen(base: string, signal?: AbortSignal): Promise<readonly ListedPull[]>;
  /** Opens one, and says when there is no need to. `open-or-take-over.ts` is what callers want. */
  open(wish: PullRequestWish, signal?: AbortSignal): Promise<OpenOutcome>;
  update(
    number: number,
    text: { readonly title: string; readonly description: string },
    signal?: AbortSignal,
  ): Promise<void>;
  close(number: number, signal?: AbortSignal): Promise<void>;
  /** Opens a closed one again. Throws `forge_refused` where the forge does not, as without its branch. */
  reopen(number: number, signal?: AbortSignal): Promise<void>;
  /** How the repository lets pull requests be merged, out of `mergeMethods`, in their order. */
  allowedMethods(signal?: AbortSignal): Promise<readonly MergeMethod[]>;
  /** Merges what was looked at: `commit` has to be the head of the branch. */
  merge(number: number, wish: MergeWish, signal?: AbortSignal): Promise<MergeOutcome>;
  read(number: number, signal?: AbortSignal): Promise<PullRequestState>;
  /** Whether an account is in a team, `acme/platform`, which is a group on GitLab. */
  membership(team: string, login: string, signal?: AbortSignal): Promise<Membership>;
  comments(number: number, signal?: AbortSignal): Promise<readonly ForgeComment[]>;
  addComment(number: number, body: string, signal?: AbortSignal): Promise<void>;
  editComment(number: number, comment: number, body: string, signal?: AbortSignal): Promise<void>;
}
