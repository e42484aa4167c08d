import { isSame } from '../../../constructs/merge.ts';
import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { validateFleet } from '../../../constructs/schema/check/check-fleet.ts';
import type { Fleet } from '../../../constructs/schema/index.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { DocumentChange } from '../../store/edit.ts';
import type { Ground } from './ground.ts';
import type { PlannedRestore } from './planned-restore.ts';
import { whyUnsigned } from './unsigned-then.ts';

/** What of claworc.yaml a restore of the fleet never turns back: where the bots live, who applies, who may open keys, and the rules of today. */
export const KEPT_WITH_FLEET = ['namespace', 'rendering', 'recipients', 'policy', 'publish', 'applier'] as const;

/** The same for what takes a rollout back, which may be one of a rendering; how changes go through the fleet stays. */
export const KEPT_WITH_ROLLOUT = ['namespace', 'recipients', 'policy', 'publish', 'applier', 'rollout'] as const;

/** What gives the fleet the defaults that it had at a commit, but for what is `kept`. Throws `invalid` for what today's rules do not allow. */
export function planDefaults(
  { fleet: base, repo: main }: Ground,
  then: Snapshot,
  commit: string,
  keep: readonly (keyof Fleet['spec'])[],
): { readonly fleet: Fleet; readonly change: readonly DocumentChange[]; readonly notes: readonly string[] } {
  const { repo } = then;
  if (repo.fleet === null) {
    const held = repo.problems.find(({ file }) => file === FLEET_PATH)?.message;
    const why = whyUnsigned(then, FLEET_PATH) ?? held ?? "is none by today's rules";
    throw new ClaworcError('invalid', `claworc.yaml at ${commit.slice(0, 12)} ${why}.`, { field: 'to' });
  }
  const spec = { ...repo.fleet.spec };
  const kept: string[] = [];
  for (const field of keep) {
    if (isSame(spec[field], base.spec[field])) continue;
    kept.push(field);
    if (base.spec[field] === undefined) Reflect.deleteProperty(spec, field);
    else Object.assign(spec, { [field]: base.spec[field] });
  }
  const next: Fleet = { ...repo.fleet, metadata: base.metadata, spec };
  const [problem] = validateFleet(next);
  if (problem !== undefined) {
    throw new ClaworcError('invalid', `claworc.yaml: ${problem.field} ${problem.message}.`, { field: problem.field });
  }
  const notes = kept.length === 0 ? [] : [`Of claworc.yaml ${kept.join(', ')} stay as they are now.`];
  const change = { kind: 'Fleet', base, next } as const;
  if (main.fleet === null && repo.fleetText !== null) {
    return { fleet: next, change: [{ ...change, text: repo.fleetText }], notes };
  }
  return { fleet: next, change: isSame(next, base) ? [] : [change], notes };
}

/** What takes the change of a rollout back: the fleet's defaults as they were at `commit`, records as they are. */
export function planRolloutReturn(ground: Ground, then: Snapshot, commit: string): PlannedRestore {
  const { change, notes } = planDefaults(ground, then, commit, KEPT_WITH_ROLLOUT);
  const message = `Roll the fleet's defaults back to ${commit.slice(0, 7)}`;
  return { commit, changes: change, notes, message };
}
