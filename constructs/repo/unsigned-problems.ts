import { FLEET_PATH, GLOBAL_SCOPE, keyFolder, placeOf, unitOfScope } from './paths.ts';
import { repoWith } from './read-repo.ts';
import type { Repo, UnitProblem } from './repo.ts';

/** The commit that left a file as it is, and why its signature does not count: `is not signed`. */
export interface UnsignedFile {
  readonly commit: string;
  readonly words: string;
  /** Of the commit, where it is known. */
  readonly subject?: string;
}

/** A file that holds its unit, because no commit that counts as signed left it so. */
export function unsignedProblem(path: string, { commit, words, subject }: UnsignedFile): UnitProblem {
  const named = `${commit.slice(0, 8)}${subject === undefined ? '' : ` (${subject})`}`;
  const message = `was changed by ${named}, which ${words}; spec.policy.signedCommits of ${FLEET_PATH} lets in what listed keys signed, and nothing else`;
  return { file: path, field: '', message, unit: unitOf(path), severity: 'error' };
}

/** Of a claworc.yaml that demands signatures, in a clone that has not the commits that it demands them of. */
export const CUT_OFF: UnitProblem = {
  file: FLEET_PATH,
  field: '',
  message:
    'demands signed commits, and the history that is here is cut off, so nobody can tell who signed what; `git fetch --unshallow` gets the rest (in GitHub Actions fetch-depth: 0)',
  unit: null,
  severity: 'error',
};

/**
 * The repo with its unsigned files among its problems: they hold their units, and whoever uses such a key. An unsigned
 * claworc.yaml is none.
 */
export function holdUnsigned(
  repo: Repo,
  { unsigned, isCutOff }: { readonly unsigned: ReadonlyMap<string, UnsignedFile>; readonly isCutOff: boolean },
): Repo {
  if (unsigned.size === 0 && !isCutOff) return repo;
  const problems = [...unsigned].map(([path, file]) => unsignedProblem(path, file));
  const keys = [...unsigned.keys()].map(placeOf).filter((place) => place.kind === 'key');
  const there = new Set([...repo.keys.values()].map(({ path }) => path));
  const gone = [...unsigned].filter(([path]) => path.startsWith(keyFolder(GLOBAL_SCOPE)) && !there.has(path));
  // Who used it can't be told any more: it may have been any bot.
  const lost = gone.map(([path, { commit, words }]) => ({
    ...CUT_OFF,
    message: `is held, because ${commit.slice(0, 8)}, which ${words}, took ${path} away or broke it`,
  }));
  const isFleetHeld = isCutOff || unsigned.has(FLEET_PATH) || lost.length > 0;
  return repoWith(repo, {
    problems: [...(isCutOff ? [CUT_OFF] : []), ...lost, ...problems, ...repo.problems],
    brokenKeys: new Set([...repo.brokenKeys, ...keys.map(({ scope, slug }) => `${scope}/${slug}`)]),
    ...(isFleetHeld ? { fleet: null, fleetText: null } : {}),
  });
}

function unitOf(path: string): string | null {
  const place = placeOf(path);
  if (place.kind === 'key') return unitOfScope(place.scope);
  return place.kind === 'record' || place.kind === 'tombstone' ? place.name : null;
}
