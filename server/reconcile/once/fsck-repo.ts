import { setTimeout as wait } from 'node:timers/promises';
import { suspensionWords } from '../../../constructs/schema/index.ts';
import { MANAGED_RESOURCES, type ManagedKind } from '../../cluster/resources.ts';
import { systemClock, type Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { executeUnit } from '../apply/execute.ts';
import { FIELD_MANAGER } from '../desired/stamp.ts';
import { readLive } from '../live/read-live.ts';
import { PARENT_FIELD_MANAGER } from '../plan/applyset.ts';
import { findFaults } from '../plan/fsck/find-faults.ts';
import { asRemoved } from '../plan/fsck/find-orphans.ts';
import { isFault, type Finding, type Repair } from '../plan/fsck/finding.ts';
import { planUnit } from '../plan/plan.ts';
import { hasWork } from '../plan/plan-types.ts';
import { planRepo, type PlanRepoOptions, type RepoPlan } from './plan-repo.ts';
import { whyNothing } from './why-nothing.ts';

export interface FsckOptions extends PlanRepoOptions {
  /** Carries repairs out. @default only tells */
  readonly repair?: boolean;
  /** Bots that the commit does not name and that a repair removes; their volumes are kept. @default none */
  readonly remove?: readonly string[];
  /** How long to wait for what is being deleted. @default 120_000 */
  readonly waitMs?: number;
  /** @default the system's */
  readonly clock?: Clock;
}

export interface RepairResult {
  readonly finding: Finding;
  /** `waiting`: what was begun goes on by itself, or by another repair. */
  readonly state: 'done' | 'failed' | 'waiting';
  /** Empty where it is done. */
  readonly reason: string;
}

/** A namespace as it was found, and, after a repair, as it was read anew. */
export interface FsckReport {
  readonly commit: string;
  readonly namespace: string;
  readonly context: string;
  readonly server: string;
  /** Why no repair is carried out at all, or null. */
  readonly held: string | null;
  /** Found now; what a repair of this run put right is not among them. */
  readonly findings: readonly Finding[];
  /** Those of the findings that `repair` would put right, or would have. */
  readonly repairable: readonly Finding[];
  readonly repaired: readonly RepairResult[];
}

const POLL_MS = 500;
const PASSES = 8;

/**
 * Looks for what is not as Claworc leaves a namespace, and puts right what it is told to. Volumes are never deleted.
 * Throws `usage` where a bot is to be removed that is no orphan, else as `planRepo` does.
 */
export async function fsckRepo(options: FsckOptions): Promise<FsckReport> {
  const { repair = false, remove = [] } = options;
  const before = await look(options);
  const orphans = new Set(before.findings.flatMap(({ repair: fix }) => (fix?.type === 'remove_unit' ? fix.unit : [])));
  const strangers = remove.filter((unit) => !orphans.has(unit));
  if (strangers.length > 0) {
    const words = `${strangers.join(', ')}: only what lives and can be removed without the commit can be named`;
    throw new ClaworcError('usage', `${words}. \`claworc fsck\` without --remove tells what that is.`, {
      field: 'remove',
    });
  }
  if (!repair || before.held !== null) return reportOf(before, remove, []);
  const repaired: RepairResult[] = [];
  for (const finding of repairable(before, remove)) {
    if (finding.repair !== undefined) repaired.push({ finding, ...(await putRight(finding.repair, before, options)) });
  }
  return reportOf(await look(options), remove, repaired);
}

interface Look {
  readonly plan: RepoPlan;
  readonly namespace: string;
  readonly findings: readonly Finding[];
  readonly held: string | null;
}

async function look(options: FsckOptions): Promise<Look> {
  const plan = await planRepo(options);
  const { namespace } = plan;
  if (namespace === null) throw new ClaworcError('invalid', whyNothing(plan.desired));
  const findings = findFaults({ ...plan, namespace, version: options.version });
  return { plan, namespace, findings, held: whyHeld(plan) };
}

/** Who may not remove may not repair: it isn't sure then that this commit is the one to go by. */
function whyHeld({ desired, isExternal, planContext }: RepoPlan): string | null {
  if (isExternal) return 'claworc.yaml says `applier: external`: another program writes here';
  if (desired.suspension !== undefined) return suspensionWords(desired.suspension);
  const { permit } = planContext('');
  return permit.allowed ? null : permit.reason;
}

const repairable = ({ findings, held }: Look, remove: readonly string[]): readonly Finding[] =>
  held !== null
    ? []
    : findings.filter(
        ({ repair }) =>
          repair !== undefined && (repair.type !== 'remove_unit' || !repair.isNamed || remove.includes(repair.unit)),
      );

function reportOf(seen: Look, remove: readonly string[], repaired: readonly RepairResult[]): FsckReport {
  const { plan, namespace, findings, held } = seen;
  const { commit, context, server } = plan;
  return { commit, namespace, context, server, held, findings, repairable: repairable(seen, remove), repaired };
}

async function putRight(
  repair: Repair,
  { plan, namespace }: Look,
  options: FsckOptions,
): Promise<Pick<RepairResult, 'state' | 'reason'>> {
  const { api, signal } = options;
  const done = { state: 'done', reason: '' } as const;
  switch (repair.type) {
    case 'write_parent': {
      const { object, live } = repair;
      const { uid, resourceVersion } = live?.metadata ?? {};
      const exact = live === undefined ? object : { ...object, metadata: { ...object.metadata, uid, resourceVersion } };
      const written = await api.apply(MANAGED_RESOURCES.ConfigMap, namespace, exact, {
        fieldManager: PARENT_FIELD_MANAGER,
        force: live !== undefined,
        ...(signal && { signal }),
      });
      return written.ok ? done : { state: 'failed', reason: written.failure.message };
    }
    case 'take_marks': {
      const { kind, metadata } = repair.live;
      const { name, uid = '', resourceVersion = '' } = metadata;
      const resource = MANAGED_RESOURCES[kind as ManagedKind];
      const written = await api.mergePatch(resource, namespace, name, repair.patch, {
        fieldManager: FIELD_MANAGER,
        preconditions: { uid, resourceVersion },
        ...(signal && { signal }),
      });
      return written.ok ? done : { state: 'failed', reason: written.failure.message };
    }
    case 'remove_unit':
      return removeUnit(repair.unit, { plan, namespace, options });
  }
}

/** As a tombstone that keeps the data would: in passes, as what is mounted goes after the pods are gone. */
async function removeUnit(
  unit: string,
  {
    plan: { index, planContext },
    namespace,
    options,
  }: { readonly plan: RepoPlan; readonly namespace: string; readonly options: FsckOptions },
): Promise<Pick<RepairResult, 'state' | 'reason'>> {
  const { api, signal, waitMs = 120_000, clock = systemClock } = options;
  const { removals: _, ...context } = planContext(unit);
  const deadline = clock.now() + waitMs;
  for (let pass = 0; ; pass++) {
    const live = index.unit(asRemoved(unit));
    const plan = planUnit(asRemoved(unit), live, context);
    const ending = plan.actions.filter(({ keptBy }) => keptBy === 'deletion');
    if (!hasWork(plan) && ending.length === 0) {
      const kept = plan.actions.filter(({ action }) => action === 'skip');
      const reason = kept.map(({ kind, name, reason: why }) => `${kind} ${name}: ${why}`).join('; ');
      return kept.length === 0 ? { state: 'done', reason: '' } : { state: 'waiting', reason };
    }
    if (hasWork(plan)) {
      const target = { api, namespace, live, sink: index, isThere: index.has, ...(signal && { signal }) };
      const outcome = await executeUnit(plan, target);
      if (outcome.state === 'failed' || outcome.state === 'held') return { state: 'failed', reason: outcome.reason };
    }
    // With nothing left to write it only waits; what is written again and again is written by somebody else, too.
    if ((!hasWork(plan) || pass >= PASSES) && clock.now() >= deadline) {
      return {
        state: 'waiting',
        reason: ending.map(({ kind, name, reason }) => `${kind} ${name}: ${reason}`).join('; '),
      };
    }
    if (ending.length > 0) await wait(POLL_MS, undefined, signal && { signal });
    await readLive(api, namespace, index, signal);
  }
}

/** 0: nothing is wrong, 1: a repair failed, 3: something is found. */
export function fsckExitCode({ findings, repaired }: FsckReport): 0 | 1 | 3 {
  if (repaired.some(({ state }) => state === 'failed')) return 1;
  return findings.some(isFault) || repaired.some(({ state }) => state === 'waiting') ? 3 : 0;
}
