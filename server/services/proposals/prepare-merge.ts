import type { GitRepository } from '../../git/repository.ts';
import type { Snapshot, Snapshots } from '../../git/read/snapshots.ts';
import type { Renderings } from '../../reconcile/desired/renderings.ts';
import type { EditConflict } from '../../store/edit.ts';
import { prepareFiles, type PreparedEdit } from '../publish/prepare-edit.ts';
import { unsignedCommits } from '../review/unsigned-commits.ts';
import { mergeRepos, type SettleOf } from './merge-repos.ts';

export interface MergeDeps {
  readonly repository: Pick<GitRepository, 'diffCommits' | 'mergeBase' | 'signatures'>;
  readonly snapshots: Snapshots;
  readonly renderings: Renderings;
}

/** What main would become with a proposal in it. */
export type PreparedMerge =
  | (Extract<PreparedEdit, { readonly state: 'ready' }> & { readonly units: ReadonlySet<string> })
  /** Main has it already. */
  | { readonly state: 'nothing' }
  | { readonly state: 'conflict'; readonly conflicts: readonly EditConflict[]; readonly units: ReadonlySet<string> }
  /** It can't be merged here, or what would come of it is no sound repository. */
  | { readonly state: 'failed'; readonly detail: string; readonly units: ReadonlySet<string> };

/**
 * Lays what the commit `head` changed since it left main on `main`, and renders it. Throws `too_large` for a branch that
 * holds more than is read. In the conflicts `theirs` is main, and `mine` the proposal.
 */
export async function prepareMerge(
  { repository, snapshots, renderings }: MergeDeps,
  main: Snapshot & { readonly commit: string },
  head: string,
  handEdited: ReadonlySet<string>,
  settle?: SettleOf,
): Promise<PreparedMerge> {
  const base = await repository.mergeBase(main.commit, head);
  if (base === null) {
    return { state: 'failed', detail: 'Its branch has no history in common with main.', units: new Set() };
  }
  const before = await snapshots.at(base);
  const mine = await snapshots.at(head);
  const outside = (await repository.diffCommits(base, head)).find(
    (path) => !mine.files.has(path) && !before.files.has(path),
  );
  const { files, units, conflicts } = mergeRepos(before, main, mine, settle);
  if (outside !== undefined) {
    const detail = `It changes ${outside}, which is no file of bots that Claworc merges: merge it with git and push main.`;
    return { state: 'failed', detail, units };
  }
  if (conflicts.length > 0) return { state: 'conflict', conflicts, units };
  const prepared = await prepareFiles(snapshots, main, { files, own: units }, handEdited, renderings);
  if (prepared.state === 'nothing') return prepared;
  const [unsigned] = await unsignedCommits(repository, main.commit, head, main.repo.fleet);
  if (unsigned === undefined) return { ...prepared, units };
  return { state: 'failed', detail: `${unsigned.file} ${unsigned.message}`, units };
}
