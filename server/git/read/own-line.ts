/** First parents of commits that were written here, by which it can be told without git that one comes after another. */
export interface OwnLine {
  note(commit: string, parent: string | null): void;
  /** True where `commit` is known to be `other` or to come after it; false says nothing. */
  isAfter(commit: string, other: string): boolean;
}

/** Commits that are remembered: of more edits than a cluster is ever behind. */
const MOST = 1_000;

export function createOwnLine(most = MOST): OwnLine {
  const parents = new Map<string, string>();
  return {
    note: (commit, parent) => {
      if (parent === null) return;
      parents.set(commit, parent);
      const [oldest] = parents.keys();
      if (parents.size > most && oldest !== undefined) parents.delete(oldest);
    },
    isAfter: (commit, other) => {
      for (let at: string | undefined = commit; at !== undefined; at = parents.get(at)) if (at === other) return true;
      return false;
    },
  };
}
