import { synthInstance, type Manifest } from '../synth.ts';
import { keysInUse, unreadableKeys } from './keys.ts';
import { FLEET_PATH, FLEET_UNIT, manifestPath } from './paths.ts';
import { errorsOf, type Repo, type UnitProblem } from './repo.ts';

export type RenderedUnit =
  | {
      readonly ok: true;
      /** Text by path, `dist/<unit>/...`. */
      readonly files: ReadonlyMap<string, string>;
      readonly manifests: readonly Manifest[];
    }
  | { readonly ok: false; readonly problems: readonly UnitProblem[] };

/**
 * What a unit's folder under dist/ must hold. Not ok when an error holds the unit, with all of them; an instance
 * without a record, and the fleet unit, render to nothing.
 */
export function renderUnit(repo: Repo, unit: string): RenderedUnit {
  const problems = holdsOf(repo, unit);
  if (problems.length > 0) return { ok: false, problems };
  const entry = repo.records.get(unit);
  if (unit === FLEET_UNIT || entry === undefined || repo.fleet === null) {
    return { ok: true, files: new Map(), manifests: [] };
  }
  const manifests = synthInstance(entry.record, repo.fleet, keysInUse(repo, unit));
  return { ok: true, manifests, files: new Map(manifests.map(({ file, text }) => [manifestPath(unit, file), text])) };
}

/** Everything that keeps a unit from being rendered. */
export function holdsOf(repo: Repo, unit: string): readonly UnitProblem[] {
  if (repo.fleet === null) {
    const causes = repo.problems.filter(({ file }) => file === FLEET_PATH);
    return causes.map((problem) => ({ ...problem, unit }));
  }
  const waiting = repo.records.has(unit) ? unreadableKeys(repo, unit) : [];
  return [
    ...errorsOf(repo, unit),
    ...waiting.map((file) => ({
      file,
      unit,
      severity: 'error' as const,
      field: '',
      message: `${isHeldKey(repo, file) ? 'is held' : 'cannot be read'}, and ${unit} uses this key`,
    })),
  ];
}

/** One that is there and readable, and yet not to be used. */
function isHeldKey(repo: Repo, path: string): boolean {
  return [...repo.keys.values()].some((key) => key.path === path);
}
