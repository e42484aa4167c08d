import type { OfferPlan } from '../../http/schemas/offer-plan.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { planRepo } from '../../reconcile/once/plan-repo.ts';
import { notesOf } from '../../reconcile/once/report.ts';
import { effectOfAction } from '../../reconcile/plan/effect/object-effect.ts';
import { effectOfPlans, wordsOfPlan } from '../../reconcile/plan/effect/plan-effect.ts';
import { toldReason } from '../../reconcile/plan/held-fields.ts';
import type { OrderOf } from '../../reconcile/plan/lineage.ts';
import { isChange, type PlannedVerb } from '../../reconcile/plan/plan-types.ts';
import type { AppContext } from '../app-context.ts';

/** A person waits for it in front of a page. */
const DEADLINE_MS = 20_000;

/**
 * What applying main to the cluster would do now; reads it and writes nothing. Throws `cluster_unreachable` without a
 * cluster or an answer, `git_unreachable` before the first commit.
 */
export async function planOffer(context: AppContext, deadlineMs = DEADLINE_MS): Promise<OfferPlan> {
  const { cluster, repository, snapshots, version } = context;
  const { detail } = cluster.observed.connection();
  if (cluster.api === null) throw new ClaworcError('cluster_unreachable', detail, { retryable: true });
  const commit = await repository.head();
  if (commit === null) throw new ClaworcError('git_unreachable', 'main has no commit yet.', { retryable: true });
  const { repo } = await snapshots.at(commit);
  const orderOf: OrderOf = (one, other) => repository.orderOf(one, other);
  const versionsOf: typeof repository.fileVersions = (one, path) => repository.fileVersions(one, path);
  const { api } = cluster;
  const signal = AbortSignal.timeout(deadlineMs);
  const git = { orderOf, versionsOf, earlier: repository };
  const plan = await planRepo({ api, repo, commit, version, ...git, signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    const message = `${api.connection.server} did not answer within ${deadlineMs / 1_000} s, so there is no plan now.`;
    throw new ClaworcError('cluster_unreachable', message, { retryable: true, cause: error });
  });
  return {
    commit,
    context: plan.context,
    server: plan.server,
    namespace: plan.namespace,
    notes: [...notesOf(plan)],
    effect: effectOfPlans(plan.isExternal ? [] : plan.units),
    units: plan.units.map((unit) => ({
      name: unit.unit,
      state: unit.state,
      reason: unit.reason,
      words: plan.isExternal ? '' : wordsOfPlan(unit),
      actions: unit.actions
        .filter((action) => isChange(action) || isRefusal(action.action))
        .map((each) => ({
          action: each.action,
          kind: each.kind,
          name: each.name,
          reason: toldReason(each),
          effect: plan.isExternal ? 'none' : effectOfAction(each),
        })),
    })),
  };
}

const isRefusal = (verb: PlannedVerb): boolean => verb === 'conflict' || verb === 'skip';
