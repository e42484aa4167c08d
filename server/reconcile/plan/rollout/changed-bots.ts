import { isSameFolder } from '../../../../constructs/repo/rendered-file.ts';
import { keysOfScope } from '../../../../constructs/repo/keys.ts';
import { scopeOfUnit } from '../../../../constructs/repo/paths.ts';
import type { Repo } from '../../../../constructs/repo/index.ts';
import { RING_ANNOTATION } from '../../../../constructs/schema/index.ts';
import type { RolloutBot } from './assign-rings.ts';

type Side = Pick<Repo, 'fleetText' | 'records' | 'keys' | 'dist'>;

/**
 * Bots that render to something else at `after` than at `before` only because of what they share: neither their records
 * nor their own keys changed. Empty where claworc.yaml is the same: what else is shared are keys, and a revoked one must
 * not go on being used. By name.
 */
export function botsChangedByFleet(before: Side, after: Side): readonly RolloutBot[] {
  if (before.fleetText === null || before.fleetText === after.fleetText) return [];
  const bots: RolloutBot[] = [];
  for (const [unit, { text, record }] of after.records) {
    if (before.records.get(unit)?.text !== text || !isSameKeys(before, after, unit)) continue;
    const [was, is] = [before.dist.get(unit), after.dist.get(unit)];
    if (was === undefined || is === undefined || isSameFolder(was, is)) continue;
    const ring = record.metadata.annotations?.[RING_ANNOTATION];
    bots.push({ unit, ring: ring === undefined ? undefined : Number(ring) });
  }
  return bots.sort((a, b) => (a.unit < b.unit ? -1 : 1));
}

function isSameKeys(before: Side, after: Side, unit: string): boolean {
  const texts = ({ keys }: Side): string =>
    JSON.stringify(
      keysOfScope({ keys }, scopeOfUnit(unit))
        .map(({ key, text }) => [key, text])
        .sort(),
    );
  return texts(before) === texts(after);
}
