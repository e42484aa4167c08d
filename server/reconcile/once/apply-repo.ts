import { setTimeout as wait } from 'node:timers/promises';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { ensureNamespace } from '../../cluster/namespace.ts';
import { clusterError } from '../../cluster/errors.ts';
import { systemClock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import { tidyApprovals, writeApproval } from './write-approval.ts';
import { executeUnit } from '../apply/execute.ts';
import { recordCommit } from '../apply/record-commit.ts';
import type { OpenKey } from '../apply/open-secret.ts';
import type { UnitOutcome } from '../apply/outcome.ts';
import { leftToAnother } from './left-to-another.ts';
import { allUnits, planRepo, type PlanRepoOptions, type RepoPlan } from './plan-repo.ts';
import { refuseOlder } from '../plan/lineage.ts';
import { planUnit } from '../plan/plan.ts';
import { portsOnMain } from '../plan/port-moves.ts';
import type { RemovalLedger } from '../plan/removals/ledger.ts';
import { hasWork, isDue, type PlannedAction } from '../plan/plan-types.ts';
import type { DesiredUnit } from '../desired/desired-state.ts';
import { readLive } from '../live/read-live.ts';
import { mergeOutcomes } from './merge-outcomes.ts';
import { recordRollout } from './rollout-of-repo.ts';
import { whyNothing } from './why-nothing.ts';

export interface ApplyRepoOptions extends PlanRepoOptions {
  readonly open?: OpenKey;
  /** Whether this plan is what was agreed on; why not, for people, else null. @default every plan is */
  readonly agree?: (plan: RepoPlan) => Promise<string | null>;
  /** Told of each unit that is done with for this pass, and how many units there are. @default nobody is */
  readonly onProgress?: (outcome: UnitOutcome, units: number) => void;
  /** How long to wait for what is being deleted. @default 120_000 */
  readonly waitMs?: number;
  /** Units at once. @default 8 */
  readonly concurrency?: number;
  /** Told, in words, while removals wait for their turn. */
  readonly onWait?: (words: string) => void;
}

export interface RepoOutcome {
  readonly plan: RepoPlan;
  /** Why nothing at all was sent; null where the plan was carried out. */
  readonly refused: string | null;
  readonly units: readonly UnitOutcome[];
  readonly namespaceCreated: boolean;
}

const POLL_MS = 500;
/** A unit settles in two passes; more means that something else writes the same objects. */
const PASSES = 4;

/**
 * One pass of `claworc apply`: plans, carries out, and waits for what deletion keeps waiting. Outcomes of units are
 * data; it throws when the cluster can't be read or the namespace can't be made.
 */
export async function applyRepo(options: ApplyRepoOptions): Promise<RepoOutcome> {
  const { api, signal, waitMs = 120_000, concurrency = 8, allowOlder = false, clock = systemClock } = options;
  const plan = await planRepo(options);
  const { namespace, index, desired, planContext, removals, lineage, hold } = plan;
  if (plan.isExternal) throw leftToAnother('apply');
  if (namespace === null) throw new ClaworcError('invalid', whyNothing(desired));
  const refused = refuseOlder(lineage, allowOlder) ?? (await options.agree?.(plan)) ?? null;
  if (refused !== null) return { plan, refused, units: [], namespaceCreated: false };
  if (plan.approved !== null) await writeApproval(plan, plan.approved, { api, now: clock.now() });
  const { rollout } = plan;
  const isGoing = options.earlier !== undefined && hold === null && desired.suspension === undefined;
  const place = { api, namespace, index };
  if (isGoing && plan.lineage.order !== 'missing') await recordRollout(place, rollout?.rollout.state ?? null);
  const namespaceCreated = plan.units.some(isDue) && (await makeNamespace(options, namespace));

  const outcomes = new Map<string, UnitOutcome>();
  const ending = new Set<string>();
  const places = createSemaphore(concurrency);
  const settle = async (unit: DesiredUnit): Promise<void> => {
    for (let pass = 0; pass < PASSES; pass++) {
      const live = index.unit(unit);
      const next = planUnit(unit, live, { ...planContext(unit.unit), ...(removals && { removals: removals.gate }) });
      ending.delete(unit.unit);
      if (next.actions.some(isEnding)) ending.add(unit.unit);
      if (pass > 0 && !hasWork(next)) return;
      const outcome = await executeUnit(next, {
        api,
        namespace,
        live,
        sink: index,
        isThere: index.has,
        portsOnMain: () => portsOnMain(desired),
        ...pick(options),
      });
      outcomes.set(unit.unit, mergeOutcomes(outcomes.get(unit.unit), outcome));
      options.onProgress?.(outcome, plan.units.length);
      if (outcome.state !== 'done') return;
    }
  };

  let deadline = clock.now() + waitMs;
  let told = 0;
  removals?.weigh(desired, index, clock.now());
  let pending = allUnits(desired, index);
  // What the fleet shares comes first: the others wait for its keys.
  await Promise.all(pending.filter(({ unit }) => unit === FLEET_UNIT).map(settle));
  for (;;) {
    await Promise.all(pending.map((unit) => places.run(() => settle(unit), signal)));
    const isFleetDone = outcomes.get(FLEET_UNIT)?.state === 'done';
    const turns = turnsOf(removals);
    const isUnderWay = ({ unit }: DesiredUnit): boolean =>
      ending.has(unit) || isWorthAnotherLook(outcomes.get(unit), isFleetDone);
    const isReading = pending.some(isUnderWay);
    pending = pending.filter((unit) => isUnderWay(unit) || turns.has(unit.unit));
    if (turns.size > 0) deadline = clock.now() + waitMs;
    // Whoever stops here knows what is left; what began goes on, and the next apply takes up the rest.
    if (turns.size > 0 && turns.size !== told) {
      options.onWait?.(`${turns.size} removals wait for their turn: ${[...turns].sort().join(', ')}`);
    }
    told = turns.size;
    if (pending.length === 0 || clock.now() >= deadline) break;
    await wait(POLL_MS, undefined, signal && { signal });
    if (isReading) await readLive(api, namespace, index, signal);
    removals?.weigh(desired, index, clock.now());
  }
  const isRecorded = planContext('').permit.allowed || (allowOlder && hold === null && desired.complete.allowed);
  // Of a fleet that is suspended as a whole nothing was brought to this commit.
  if (isRecorded && desired.suspension === undefined)
    await recordCommit({ api, index, namespace, version: options.version }, plan.commit);
  // A rollout that is over is forgotten once its commit is the one that the cluster runs.
  if (isGoing && rollout?.rollout.state.phase === 'done') await recordRollout(place, rollout.rollout.state);
  await tidyApprovals(plan, { api, now: clock.now() });
  const units = plan.units.flatMap(({ unit }) => outcomes.get(unit) ?? []);
  return { plan, refused, units, namespaceCreated };
}

/** Bots whose removal may begin and waits for its turn. */
function turnsOf(removals: RemovalLedger | null): ReadonlySet<string> {
  const waiting = removals?.verdict()?.waiting ?? [];
  return new Set(waiting.filter(({ wait }) => wait === 'turn').map(({ removal }) => removal.unit));
}

/** An object that main does not want and whose deletion is not over. */
const isEnding = ({ action, desired, live }: PlannedAction): boolean =>
  action === 'skip' && desired === undefined && live?.metadata.deletionTimestamp !== undefined;

/** True for what deletion keeps waiting, and where somebody wrote an object between our look at it and our write. */
function isWorthAnotherLook(outcome: UnitOutcome | undefined, isFleetDone: boolean): boolean {
  if (outcome?.state === 'waiting') {
    return isFleetDone || outcome.results.some(({ result, isMissing }) => result === 'waiting' && isMissing !== true);
  }
  if (outcome?.state !== 'failed') return false;
  return outcome.results.some(({ failure }) => failure?.type === 'stale' || failure?.type === 'exists');
}

async function makeNamespace({ api }: ApplyRepoOptions, namespace: string): Promise<boolean> {
  const made = await ensureNamespace(api, namespace);
  if (made.ok) return made.created;
  throw made.command === null
    ? clusterError(made.failure, `namespace ${namespace}`)
    : new ClaworcError('forbidden', made.message, { subject: namespace });
}

const pick = ({ open, signal }: ApplyRepoOptions): Pick<ApplyRepoOptions, 'open' | 'signal'> => ({
  ...(open && { open }),
  ...(signal && { signal }),
});
