import { parseTrailers, type Trailers } from '../message.ts';

/** One commit of the history. */
export interface LoggedCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
  /** ISO 8601, UTC: when the change was written, and when it became this commit. */
  readonly at: string;
  readonly committedAt: string;
  readonly subject: string;
  readonly message: string;
  readonly trailers: Trailers;
  /** What the commit changed; for a merge, seen from its first parent. */
  readonly files: readonly { readonly path: string; readonly change: 'added' | 'modified' | 'removed' }[];
}

/**
 * Arguments of `git diff-tree --stdin` with or without `-r` (which, unlike `git log`, takes no settings from a repository's config) whose
 * output `parseHistory` reads. NUL can't occur in a commit object's text.
 */
export const HISTORY_FORMAT = [
  '-z',
  '--root',
  '--always',
  '--format=%H%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%B%x00',
  '--name-status',
  '--no-renames',
  '--no-ext-diff',
  '--no-textconv',
  '--diff-merges=first-parent',
] as const;

const CHANGES: Readonly<Record<string, 'added' | 'modified' | 'removed'>> = { A: 'added', D: 'removed' };

/** The commits of `git diff-tree --stdin` with `HISTORY_FORMAT`, in its order. */
export function parseHistory(output: string): LoggedCommit[] {
  const tokens = output.split('\0');
  const commits: LoggedCommit[] = [];
  let next = 0;
  const take = (): string => tokens[next++] ?? '';
  while (next + 6 < tokens.length) {
    const [commit, parents, name, email, at, committedAt, message] = [
      take(),
      take(),
      take(),
      take(),
      take(),
      take(),
      take(),
    ];
    next += 1;
    const files: { path: string; change: 'added' | 'modified' | 'removed' }[] = [];
    while (/^\n?[A-Z]$/.test(tokens[next] ?? '')) {
      const change = CHANGES[take().trim()] ?? 'modified';
      files.push({ path: take(), change });
    }
    commits.push({
      commit,
      parents: parents === '' ? [] : parents.split(' '),
      author: { name, email },
      at: isoOf(at),
      committedAt: isoOf(committedAt),
      subject: message.split('\n', 1)[0] ?? '',
      message,
      trailers: parseTrailers(message),
      files,
    });
  }
  return commits;
}

function isoOf(seconds: string): string {
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
