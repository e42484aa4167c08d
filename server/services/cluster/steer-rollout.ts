import type { FleetState } from '../../http/schemas/answers.ts';
import type { RestoredFleet } from '../../http/schemas/history.ts';
import type { SteerRolloutBody } from '../../http/schemas/rollout.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { RolloutAction } from '../../reconcile/plan/rollout/steer-rollout.ts';
import { addAudit } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';
import { fleetStateOf } from '../fleet/state.ts';
import { groundOf } from '../history/ground.ts';
import { planRolloutReturn } from '../history/plan-defaults.ts';
import { write, type Written } from '../instances/write.ts';

const DONE: Readonly<Record<RolloutAction, string>> = {
  pause: 'Pause the rollout',
  resume: 'Let the rollout go on',
  skip: 'Let all bots have the rollout',
};

/**
 * Steers the rollout that is on its way, and writes down who said so. Throws `conflict` where another one is, or none,
 * `forbidden` of a server that only looks, and whatever the cluster refuses.
 */
export async function steerRollout(context: AppContext, asked: SteerRolloutBody): Promise<FleetState> {
  const shown = context.cluster.observed.rollout();
  await context.cluster.steerRollout(asked);
  const { action, target } = asked;
  const place = shown === null ? '' : `, in ring ${shown.ring} of ${shown.rings.length}`;
  const why = shown === null || shown.reason === '' ? '' : `: ${shown.reason}`;
  context.store.transact((tx) =>
    addAudit(tx, {
      at: new Date(context.clock.now()).toISOString(),
      actor: context.author.name,
      action: `${action}-rollout`,
      subject: target,
      editId: null,
      detail: `${DONE[action]} of ${target.slice(0, 7)}${place}${why}`,
    }),
  );
  return fleetStateOf(context);
}

/** Takes its change back by a commit, or a proposal of one. Throws `conflict` where another rollout is on its way, or none. */
export async function rollBackRollout(context: AppContext, target: string): Promise<Written<RestoredFleet>> {
  const shown = context.cluster.observed.rollout();
  if (shown?.target !== target) {
    throw new ClaworcError('conflict', 'This rollout is not on its way any more: load the page again.', {
      field: 'target',
    });
  }
  const then = await context.snapshots.at(shown.from);
  const planned = planRolloutReturn(await groundOf(context), then, shown.from);
  const { published } = await write(context, planned);
  return { published, value: { message: planned.changes.length === 0 ? '' : planned.message, removes: [] } };
}
