import { changedEntries } from '../../../constructs/repo/layered-map.ts';
import { GLOBAL_SCOPE } from '../../../constructs/repo/paths.ts';
import { errorsOf, FLEET_UNIT, type Repo } from '../../../constructs/repo/index.ts';

/** Every unit that main says anything about. */
export function namedUnits(repo: Repo): ReadonlySet<string> {
  return new Set([
    FLEET_UNIT,
    ...repo.records.keys(),
    ...repo.tombstones.keys(),
    ...repo.dist.keys(),
    ...repo.claimed,
    ...repo.problems.flatMap(({ unit, severity }) => (unit === null || severity === 'warning' ? [] : [unit])),
  ]);
}

/** Whether `namedUnits` has it. */
export function isNamed(repo: Repo, unit: string): boolean {
  const { records, tombstones, dist, claimed } = repo;
  const maps = [records, tombstones, dist, claimed];
  return unit === FLEET_UNIT || maps.some((map) => map.has(unit)) || errorsOf(repo, unit).length > 0;
}

/**
 * Units of which `after` may want something else than `before` does; null: any of them. Costs what differs, where one of
 * the two was read on top of the other.
 */
export function touchedUnits(before: Repo, after: Repo): ReadonlySet<string> | null {
  const keys = [...changedEntries(before.keys, after.keys).keys()];
  const scopes = keys.map((name) => name.slice(0, name.indexOf('/')));
  const isForAll =
    before.fleetText !== after.fleetText ||
    after.fleet === null ||
    scopes.includes(GLOBAL_SCOPE) ||
    differing(before.brokenKeys, after.brokenKeys).length > 0;
  if (isForAll) return null;
  return new Set([
    ...scopes,
    ...changedEntries(before.records, after.records).keys(),
    ...changedEntries(before.tombstones, after.tombstones).keys(),
    ...changedEntries(before.dist, after.dist).keys(),
    ...differing(before.claimed, after.claimed),
    ...[...before.problems, ...after.problems].flatMap(({ unit }) => unit ?? []),
  ]);
}

function differing(a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] {
  return [...[...a].filter((item) => !b.has(item)), ...[...b].filter((item) => !a.has(item))];
}
