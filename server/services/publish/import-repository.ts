import { isoSeconds, type Clock } from '../../lib/clock.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Snapshots } from '../../git/read/snapshots.ts';
import { listPublishedNames, removeInstance } from '../../store/instances.ts';
import type { Store } from '../../store/open-store.ts';
import { listProblems, type StoredProblem } from '../../store/problems.ts';
import { createRenderings } from '../../reconcile/desired/renderings.ts';
import { restoreProposals } from '../proposals/restore-notes.ts';
import { stepTo } from './follow-main.ts';
import { importStep, isHeldRemoval } from './import-step.ts';

export interface ImportedRepository {
  /** Null: the repository has no commit. */
  readonly commit: string | null;
  readonly instances: number;
  readonly problems: readonly StoredProblem[];
}

/**
 * Rebuilds the database from git (`claworc import`): every record, key, tombstone and problem of main, with the times
 * of its history, and proposals by their numbers. Bots that the database knows keep their numbers, keys that it sealed their hints, and drafts stay;
 * bots that main does not have are forgotten.
 */
export async function importRepository(deps: {
  readonly store: Store;
  readonly repository: GitRepository;
  readonly snapshots: Snapshots;
  readonly clock: Clock;
}): Promise<ImportedRepository> {
  const { store, repository, snapshots, clock } = deps;
  const head = await repository.head();
  if (head === null) return { commit: null, instances: 0, problems: [] };
  const step = await stepTo(
    { repository, snapshots, renderings: createRenderings(), reader: store.reader },
    null,
    head,
  );
  const { records, claimed } = step.snapshot.repo;
  await restoreProposals({ store, repository });
  store.transact((tx) => {
    for (const name of listPublishedNames(tx)) {
      if (!records.has(name) && !claimed.has(name) && !isHeldRemoval(step.snapshot, name)) removeInstance(tx, name);
    }
    importStep(tx, step, isoSeconds(clock));
  });
  return { commit: head, instances: records.size, problems: listProblems(store.reader) };
}
