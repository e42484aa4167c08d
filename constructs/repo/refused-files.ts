import { placeOf, unitOfPath } from './paths.ts';
import { repoWith } from './read-repo.ts';
import type { Repo, UnitProblem } from './repo.ts';

/** A file, or with its slash a folder, that was not read: a link, a device, one that is too large. */
export interface RefusedFile {
  readonly path: string;
  readonly reason: string;
}

/**
 * A repo that knows what was not read of it. That is not known to be missing: the bot of such a record has not left, and
 * whoever uses such a key waits for it.
 */
export function withRefused(repo: Repo, refused: readonly RefusedFile[]): Repo {
  if (refused.length === 0) return repo;
  const named = new Set(refused.map(({ path }) => path));
  const others = repo.problems.filter(({ file }) => !named.has(file));
  const keys = refused.map(({ path }) => placeOf(path)).filter((place) => place.kind === 'key');
  const bots = refused.flatMap(({ path }) => /^instances\/([^/]+?)(?:\.ya?ml)?$/.exec(path)?.[1] ?? []);
  return repoWith(repo, {
    problems: [...refused.map(problemOf), ...others],
    brokenKeys: new Set([...repo.brokenKeys, ...keys.map(({ scope, slug }) => `${scope}/${slug}`)]),
    claimed: new Set([...repo.claimed, ...bots]),
  });
}

function problemOf({ path, reason }: RefusedFile): UnitProblem {
  // A folder that was left out whole is of the unit that any file in it is of; a top folder is of none.
  const isUnitFolder = /^[^/]+\/[^/]+\/$/.test(path);
  const unit = unitOfPath(isUnitFolder ? `${path}any.yaml` : path);
  return { file: path, field: '', message: reason, unit, severity: 'error' };
}
