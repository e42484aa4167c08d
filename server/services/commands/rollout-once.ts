import { recordRollout } from '../../reconcile/once/rollout-of-repo.ts';
import { leftToAnother } from '../../reconcile/once/left-to-another.ts';
import { planRepo } from '../../reconcile/once/plan-repo.ts';
import { showRollout, type ShownRollout } from '../../reconcile/plan/rollout/shown-rollout.ts';
import { steerRollout, type SteerRollout } from '../../reconcile/plan/rollout/steer-rollout.ts';
import { withCommit, type OneShotOptions } from './one-shot.ts';

/** A rollout as it stands, against the commit of the checkout. */
export interface RolloutStanding {
  readonly commit: string;
  /** Null where none is on its way. */
  readonly rollout: ShownRollout | null;
}

/**
 * `claworc rollout`: tells how far it is; with `asked` it is steered, and nothing is applied: the reconciler does that, or the
 * next `claworc apply`. Throws `conflict` where there is nothing to be done so.
 */
export function rolloutOnce(options: OneShotOptions, asked?: SteerRollout): Promise<RolloutStanding> {
  return withCommit(options, async (settled) => {
    const plan = await planRepo({ ...settled, staysInRing: true });
    if (plan.isExternal) throw leftToAnother('apply');
    const { commit, namespace, index, rollout: found } = plan;
    if (asked === undefined) return { commit, rollout: found?.shown ?? null };
    const rollout = found?.rollout ?? null;
    const state = steerRollout(asked, rollout, found?.step ?? null, options.clock.now());
    await recordRollout({ api: settled.api, namespace: namespace ?? '', index }, state);
    if (rollout === null || found === null) return { commit, rollout: null };
    return { commit, rollout: showRollout({ ...rollout, state }, { ...found.step, state }) };
  });
}
