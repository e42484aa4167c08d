import { placeOf } from '../../../constructs/repo/paths.ts';
import type { GitRepository } from '../../git/repository.ts';
import { listWithoutRenderedCommit, putRenderedCommit } from '../../store/instances.ts';
import type { Store } from '../../store/open-store.ts';
import type { StepCommit } from './main-step.ts';

/** The last commit that changed the record or the rendered files of each unit, by commits newest first. */
export function renderedBy(history: readonly Pick<StepCommit, 'commit' | 'files'>[]): ReadonlyMap<string, string> {
  const last = new Map<string, string>();
  for (const { commit, files } of history) {
    for (const { path } of files) {
      const place = placeOf(path);
      const unit = place.kind === 'manifest' ? place.unit : place.kind === 'record' ? place.name : null;
      if (unit !== null && !last.has(unit)) last.set(unit, commit);
    }
  }
  return last;
}

/**
 * Notes for every bot that has no rendered commit yet, as in a database of an older program, the one that the history of
 * main up to `imported` tells, and gives their names. Reads git only where there is such a bot.
 */
export async function fillRenderedCommits(
  { store, repository }: { readonly store: Store; readonly repository: Pick<GitRepository, 'log'> },
  imported: string,
): Promise<readonly string[]> {
  if (listWithoutRenderedCommit(store.reader).length === 0) return [];
  const told = renderedBy(await repository.log({ until: imported }));
  return store.transact((tx) =>
    // Asked again: where the history that is here says nothing, the record's commit is the best that is known.
    listWithoutRenderedCommit(tx).map(({ name, commit }) => {
      putRenderedCommit(tx, name, told.get(name) ?? commit);
      return name;
    }),
  );
}
