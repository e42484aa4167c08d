import type { RemovalBudget } from '../../../constructs/schema/index.ts';
import type { Repo } from '../../../constructs/repo/index.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { systemClock, type Clock } from '../../lib/clock.ts';
import { createBodies } from '../desired/bodies.ts';
import { createDesiredReader } from '../desired/desired.ts';
import type { DesiredSource } from '../desired/desired-source.ts';
import { LiveIndex } from '../live/live-index.ts';
import { lastCommit, lineagePermit, readLineage, type Lineage, type OrderOf } from '../plan/lineage.ts';
import { findNamespaceHold } from '../plan/find-namespace-hold.ts';
import { permitUnder, type NamespaceHold } from '../plan/namespace-hold.ts';
import { compareUnit } from '../plan/external/compare-unit.ts';
import { planUnit } from '../plan/plan.ts';
import type { PlanContext } from '../plan/plan-context.ts';
import type { DesiredState, DesiredUnit } from '../desired/desired-state.ts';
import { strayUnit } from '../desired/stray-unit.ts';
import { createRemovalLedger, type RemovalLedger } from '../plan/removals/ledger.ts';
import type { RemovalVerdict } from '../plan/removals/weigh.ts';
import { approvalMoved } from '../plan/removals/words.ts';
import type { UnitPlan } from '../plan/plan-types.ts';
import { createAdmissionChangers } from '../live/admission-changers.ts';
import { createStorageClasses, growingClasses } from '../live/storage-classes.ts';
import { rolloutOfRepo, underRollout, type EarlierCommits, type RepoRollout } from './rollout-of-repo.ts';
import { readLive } from '../live/read-live.ts';

export interface PlanRepoOptions {
  readonly api: ClusterApi;
  readonly repo: Repo;
  /** Entries of the commit that could not be read, with why: what they are for is not known. */
  readonly notRead?: readonly NotRead[];
  /** What the plan is shown as; of a checkout its HEAD. */
  readonly commit: string;
  /** Version of Claworc, for the ApplySets. */
  readonly version: string;
  /** Without it no check is made that `commit` comes after the one applied before. */
  readonly orderOf?: OrderOf;
  /** Without it no former namespace of the fleet is looked for. */
  readonly versionsOf?: DesiredSource['fileVersions'];
  /** Where main is; null or left out where that isn't known. */
  readonly main?: { readonly name: string; readonly commit: string } | null;
  /** Without it a change of the fleet is planned for all bots at once. */
  readonly earlier?: EarlierCommits;
  /** The rollout stays in its ring, whatever became of its bots. @default false */
  readonly staysInRing?: boolean;
  /** @default the system's */
  readonly clock?: Clock;
  /** Plans as if claworc.yaml named Claworc as the applier. @default false */
  readonly althoughExternal?: boolean;
  /** Goes on although the cluster may run something newer; the commit then counts as the one it runs. @default false */
  readonly allowOlder?: boolean;
  /** By the claworc.yaml that the commit started from. @default by its own */
  readonly removalBudget?: RemovalBudget;
  /** Hash of removals that a person approves: the plan is made as if they were, where it is what waits. */
  readonly approveRemovals?: string;
  readonly signal?: AbortSignal;
}

export interface NotRead {
  readonly path: string;
  readonly reason: string;
}

/** What it takes to bring a cluster to a commit, read and compared once; nothing is written. */
export interface RepoPlan {
  readonly commit: string;
  /** Null: claworc.yaml is missing or broken. */
  readonly namespace: string | null;
  readonly context: string;
  readonly server: string;
  /** Another program applies: units are compared, and nothing of the plan can be carried out. */
  readonly isExternal: boolean;
  /** Sorted by name. */
  readonly units: readonly UnitPlan[];
  readonly notRead: readonly NotRead[];
  /** What is to be applied: bots that a rollout has not come to are as they run. */
  readonly desired: DesiredState;
  /** A change on its way through the fleet; null where none is. */
  readonly rollout: RepoRollout | null;
  readonly index: LiveIndex;
  readonly planContext: (unit: string) => PlanContext;
  /** Removals weighed against the budget, as far as they are judged: not where nothing may be removed at all. */
  readonly removals: RemovalLedger | null;
  /** What the approval that was given covers; null where none was. */
  readonly approved: RemovalVerdict | null;
  readonly lineage: Lineage;
  /** Why all of it is held, as bots live in a former namespace, or null. */
  readonly hold: NamespaceHold | null;
  readonly main: { readonly name: string; readonly commit: string } | null;
}

/** Reads the live objects with one list for each kind. Throws `cluster_unreachable`, `cluster_refused` or `forbidden`. */
export async function planRepo(options: PlanRepoOptions): Promise<RepoPlan> {
  const { api, repo, commit, version, orderOf, main = null, allowOlder = false, notRead = [], signal } = options;
  const { context, server } = api.connection;
  const { removalBudget, approveRemovals } = options;
  const read = await createDesiredReader({ bodies: createBodies(Infinity) }).read(commit, repo);
  const wanted = removalBudget === undefined ? read : { ...read, removalBudget };
  const namespace = wanted.namespace ?? '';
  const isExternal = wanted.applier === 'external' && options.althoughExternal !== true;
  const index = new LiveIndex();
  if (wanted.namespace !== null) await readLive(api, wanted.namespace, index, signal);
  const classes = createStorageClasses(api, () => Date.now());
  const growing = [...wanted.units.values()].flatMap((unit) => growingClasses(unit, index.unit(unit)));
  if (!isExternal) await classes.read(growing, signal);
  const changers = createAdmissionChangers(api, () => Date.now());
  // Which commit may be applied, and where, is no question where nothing is.
  const lineage = isExternal ? FIRST : await readLineage(commit, lastCommit(index), orderOf);
  const hold = isExternal ? null : await findHold(options, wanted.namespace);
  const allowed = wanted.complete.allowed ? lineagePermit(lineage, allowOlder) : wanted.complete;
  const permit = hold === null ? allowed : permitUnder(hold);
  const { removals, approved } = weighed(wanted, index, { isOpen: !isExternal && permit.allowed, approveRemovals });
  const planContext = (unit: string): PlanContext => ({
    namespace,
    version,
    permit,
    ...(removals && { removals: removals.unhurried }),
    expands: classes.expands,
    changers: changers.of,
    secretsUsedElsewhere: () => index.secretsUsedBeside(unit),
  });
  const planOf = (unit: DesiredUnit): UnitPlan => planUnit(unit, index.unit(unit), planContext(unit.unit));
  const rollout =
    options.earlier === undefined || hold !== null
      ? null
      : await rolloutOfRepo({
          ...{ desired: wanted, repo, index, earlier: options.earlier, planOf },
          goesOn: wanted.suspension === undefined && options.staysInRing !== true,
          now: (options.clock ?? systemClock).now(),
        });
  const desired = underRollout(wanted, rollout);
  const planAll = (): readonly UnitPlan[] =>
    isExternal
      ? labelledUnits(desired, index).map((unit) => compareUnit(unit, index.labelledUnit(unit)))
      : allUnits(desired, index).map(planOf);
  let units = planAll();
  if (units.some(({ actions }) => actions.some(({ isChangedOnTheWay }) => isChangedOnTheWay))) {
    await changers.read(namespace, signal);
    units = planAll();
  }
  const target = { commit, namespace: desired.namespace, context, server };
  return {
    ...target,
    isExternal,
    units,
    desired,
    rollout,
    index,
    planContext,
    removals,
    approved,
    lineage,
    hold,
    main,
    notRead,
  };
}

interface Weighing {
  /** False where nothing is removed anyhow. */
  readonly isOpen: boolean;
  readonly approveRemovals: string | undefined;
}

/** Removals against the budget, under the approval that comes with the command. Throws `conflict` where it is of others. */
function weighed(
  desired: DesiredState,
  index: LiveIndex,
  { isOpen, approveRemovals }: Weighing,
): Pick<RepoPlan, 'removals' | 'approved'> {
  if (!isOpen) {
    if (approveRemovals !== undefined) throw approvalMoved(desired.commit, null);
    return { removals: null, approved: null };
  }
  const now = Date.now();
  const plain = createRemovalLedger();
  plain.weigh(desired, index, now);
  const waits = plain.verdict();
  if (approveRemovals === undefined) return { removals: plain, approved: null };
  // Approved before, by a command that was interrupted or in the dashboard.
  if (typeof waits?.hash !== 'string') return { removals: plain, approved: null };
  if (waits.hash !== approveRemovals) throw approvalMoved(desired.commit, waits.hash);
  const given = new Map(waits.waiting.map(({ removal }) => [removal.digest, now]));
  const removals = createRemovalLedger(() => given);
  removals.weigh(desired, index, now);
  return { removals, approved: waits };
}

const FIRST: Lineage = { order: 'first' };

/** A person may say that a former namespace has nothing of the fleet; where bots are seen there, that counts for nothing. */
async function findHold(
  { api, commit, orderOf, versionsOf, allowOlder = false, signal }: PlanRepoOptions,
  namespace: string | null,
): Promise<NamespaceHold | null> {
  if (namespace === null || versionsOf === undefined) return null;
  const question = { api, commit, namespace, orderOf, versionsOf, ...(signal && { signal }) };
  const hold = await findNamespaceHold(question);
  return hold !== null && hold.bots === null && allowOlder ? null : hold;
}

/** Units of main and units that only the cluster knows, sorted. */
export function allUnits(desired: DesiredState, index: LiveIndex): readonly DesiredUnit[] {
  const strays = index.units().filter((unit) => !desired.units.has(unit) && index.hasMembers(unit));
  return sorted([...desired.units.values(), ...strays.map((unit) => strayUnit(unit))]);
}

/** The same where another program applies, whose objects have no mark of ours. */
function labelledUnits(desired: DesiredState, index: LiveIndex): readonly DesiredUnit[] {
  const strays = index.labelledUnits().filter((unit) => !desired.units.has(unit) && index.hasLabelled(unit));
  return sorted([...desired.units.values(), ...strays.map((unit) => strayUnit(unit, 'external'))]);
}

const sorted = (units: readonly DesiredUnit[]): readonly DesiredUnit[] =>
  units.toSorted((a, b) => (a.unit < b.unit ? -1 : 1));
