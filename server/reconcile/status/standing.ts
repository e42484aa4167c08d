import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { suspensionWords, type Suspension } from '../../../constructs/schema/index.ts';
import type { PrunePermit } from '../desired/desired-state.ts';
import type { Rewind } from '../plan/lineage.ts';
import type { NamespaceHold } from '../plan/namespace-hold.ts';
import type { ShownRollout } from '../plan/rollout/shown-rollout.ts';
import type { ObservedUnit } from './observed.ts';

export interface StandingFacts {
  /** Why main's newest commit isn't the one that is applied, or null. */
  readonly behind: string | null;
  /** What claworc.yaml says of the whole fleet; undefined where it is applied. */
  readonly suspension: Suspension | undefined;
  readonly permit: PrunePermit;
  /** Main doesn't come after what the cluster runs; null where it does. */
  readonly rewind: Pick<Rewind, 'reason'> | null;
  /** Why the namespace can't be written to, or null. */
  readonly namespace: string | null;
  /** Why nothing at all is written, as bots live in a former namespace, or null. */
  readonly hold: NamespaceHold | null;
  /** What waits for an approval, one sentence with the way out, or null. */
  readonly approval: string | null;
  /** A rollout that goes on by itself is no trouble. */
  readonly rollout: ShownRollout | null;
  /** Asked only where removals are withheld. */
  readonly units: () => readonly ObservedUnit[];
}

/** What holds for the whole fleet until a person or the cluster ends it; empty when nothing does. */
export function standingTroubles({
  behind,
  suspension,
  permit,
  rewind,
  namespace,
  hold,
  approval,
  rollout,
  units,
}: StandingFacts): readonly string[] {
  const troubles = behind === null ? [] : [behind];
  if (suspension !== undefined) troubles.push(`Nothing is written or removed: ${suspensionWords(suspension)}`);
  if (hold !== null) return [...troubles, `Held: ${hold.words}`];
  if (rollout !== null && rollout.phase !== 'running') troubles.push(rollout.sentence);
  if (namespace !== null) troubles.push(`Nothing is applied: ${namespace}`);
  if (permit.allowed) return approval === null ? troubles : [...troubles, approval];
  const waiting = units()
    .filter((unit) => unit.isWithheld)
    .map(({ unit }) => (unit === FLEET_UNIT ? 'keys' : unit));
  if (waiting.length === 0) {
    return rewind === null
      ? troubles
      : [...troubles, `Nothing is removed until a person lets main count: ${rewind.reason}`];
  }
  const bots = waiting.length === 1 ? '1 bot waits' : `${waiting.length} bots wait`;
  return [...troubles, `Nothing is removed: ${permit.reason} (${bots}: ${shortened(waiting.sort())})`];
}

const TOLD = 5;

function shortened(names: readonly string[]): string {
  const told = names.slice(0, TOLD).join(', ');
  return names.length > TOLD ? `${told} and ${names.length - TOLD} more` : told;
}
