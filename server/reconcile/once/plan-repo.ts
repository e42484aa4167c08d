import type { Repo } from '../../../constructs/repo/index.ts';
import type { ClusterApi } from '../../cluster/api.ts';
import { createDesiredReader } from '../desired/desired.ts';
import { LiveIndex } from '../live/live-index.ts';
import { lastCommit, lineagePermit, readLineage, type Lineage, type OrderOf } from '../plan/lineage.ts';
import { planUnit } from '../plan/plan.ts';
import type { PlanContext } from '../plan/plan-context.ts';
import type { DesiredState, DesiredUnit } from '../desired/desired-state.ts';
import { strayUnit } from '../desired/stray-unit.ts';
import type { UnitPlan } from '../plan/plan-types.ts';
import { readLive } from '../live/read-live.ts';

export interface PlanRepoOptions {
  readonly api: ClusterApi;
  readonly repo: Repo;
  /** What the plan is shown as; of a checkout its HEAD. */
  readonly commit: string;
  /** Version of Claworc, for the ApplySets. */
  readonly version: string;
  /** Without it no check is made that `commit` comes after the one applied before. */
  readonly orderOf?: OrderOf;
  /** Where main is; null or left out where that isn't known. */
  readonly main?: { readonly name: string; readonly commit: string } | null;
  /** Goes on although the cluster may run something newer; the commit then counts as the one it runs. @default false */
  readonly allowOlder?: boolean;
  readonly signal?: AbortSignal;
}

/** What it takes to bring a cluster to a commit, read and compared once; nothing is written. */
export interface RepoPlan {
  readonly commit: string;
  /** Null: claworc.yaml is missing or broken. */
  readonly namespace: string | null;
  readonly context: string;
  readonly server: string;
  /** Sorted by name. */
  readonly units: readonly UnitPlan[];
  readonly desired: DesiredState;
  readonly index: LiveIndex;
  readonly planContext: (unit: string) => PlanContext;
  readonly lineage: Lineage;
  readonly main: { readonly name: string; readonly commit: string } | null;
}

/** Reads the live objects with one list for each kind. Throws `cluster_unreachable`, `cluster_refused` or `forbidden`. */
export async function planRepo(options: PlanRepoOptions): Promise<RepoPlan> {
  const { api, repo, commit, version, orderOf, main = null, allowOlder = false, signal } = options;
  const { context, server } = api.connection;
  const desired = await createDesiredReader().read(commit, repo);
  const namespace = desired.namespace ?? '';
  const index = new LiveIndex();
  if (desired.namespace !== null) await readLive(api, desired.namespace, index, signal);
  const lineage = await readLineage(commit, lastCommit(index), orderOf);
  const permit = desired.complete.allowed ? lineagePermit(lineage, allowOlder) : desired.complete;
  const planContext = (unit: string): PlanContext => ({
    namespace,
    version,
    permit,
    secretsUsedElsewhere: () => index.secretsUsedBeside(unit),
  });
  const units = allUnits(desired, index).map((unit) => planUnit(unit, index.unit(unit), planContext(unit.unit)));
  return { commit, namespace: desired.namespace, context, server, units, desired, index, planContext, lineage, main };
}

/** Units of main and units that only the cluster knows, sorted. */
export function allUnits(desired: DesiredState, index: LiveIndex): readonly DesiredUnit[] {
  const strays = index.units().filter((unit) => !desired.units.has(unit) && index.hasMembers(unit));
  const units = [...desired.units.values(), ...strays.map(strayUnit)];
  return units.sort((a, b) => (a.unit < b.unit ? -1 : 1));
}
