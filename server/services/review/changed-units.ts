import { changedEntries } from '../../../constructs/repo/layered-map.ts';
import { isSameFolder } from '../../../constructs/repo/rendered-file.ts';
import { FLEET_UNIT, unitOfScope } from '../../../constructs/repo/paths.ts';
import type { Repo } from '../../../constructs/repo/repo.ts';

/** Units of which anything may differ between two commits, by name: with claworc.yaml or a global key all bots. */
export function changedUnits(before: Repo, after: Repo): readonly string[] {
  const changed = new Set<string>();
  const take = <Value>(
    of: (repo: Repo) => ReadonlyMap<string, Value>,
    isSame: (one: Value, other: Value) => boolean,
    unitOf: (key: string) => string = (key) => key,
  ): void => {
    for (const [key, value] of changedEntries(of(before), of(after))) {
      const old = of(before).get(key);
      if (old === undefined || value === undefined || !isSame(old, value)) changed.add(unitOf(key));
    }
  };
  const isSameText = (one: { readonly text: string }, other: { readonly text: string }) => one.text === other.text;
  take(({ records }) => records, isSameText);
  take(({ tombstones }) => tombstones, isSameText);
  take(
    ({ keys }) => keys,
    isSameText,
    (key) => unitOfScope(key.split('/')[0] ?? ''),
  );
  take(({ dist }) => dist, isSameFolder);
  for (const broken of [...before.brokenKeys, ...after.brokenKeys]) {
    if (before.brokenKeys.has(broken) !== after.brokenKeys.has(broken)) {
      changed.add(unitOfScope(broken.split('/')[0] ?? ''));
    }
  }
  const isWhole = before.fleetText !== after.fleetText || changed.has(FLEET_UNIT);
  if (isWhole) for (const name of [...before.records.keys(), ...after.records.keys()]) changed.add(name);
  if (before.fleetText !== after.fleetText) changed.add(FLEET_UNIT);
  return [...changed].sort();
}
