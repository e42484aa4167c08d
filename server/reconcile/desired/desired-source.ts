import type { RepoContents } from '../../../constructs/repo/index.ts';
import type { CommitOrder } from '../../git/read/commit-order.ts';
import type { FileVersions } from '../../git/read/file-versions.ts';
import type { Signatures } from '../../git/signing/signatures.ts';

/** Where main is read; server/git's repository fits. */
export interface DesiredSource {
  head(): Promise<string | null>;
  /** `refused` are entries that were not read: nothing is removed on the word of such a commit. */
  readFiles(commit: string): Promise<{
    readonly files: RepoContents;
    readonly refused: readonly { readonly path: string; readonly reason: string }[];
  }>;
  /** What no signed commit stands for; where it is missing, nobody asks for signatures. */
  readonly signatures?: Pick<Signatures, 'standingAt'>;
  /** How `commit` stands to `other`. */
  orderOf(commit: string, other: string): Promise<CommitOrder>;
  /** The commit before it on main's own line; null for a first commit, and where its history isn't here. */
  parentOf(commit: string): Promise<string | null>;
  /** Versions of a file on main's own line up to `commit`, newest first. */
  fileVersions(commit: string, path: string): Promise<FileVersions>;
}
