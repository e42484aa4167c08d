import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { Metrics } from '../../lib/metrics/metrics.ts';
import type { Sample } from '../../lib/metrics/metrics-text.ts';
import { addRolloutMetrics } from './rollout-metrics.ts';
import { conditionsOf } from './conditions.ts';
import type { ConnectionState, Observed } from './observed.ts';

const STATES: readonly ConnectionState[] = ['connected', 'unreachable', 'none', 'offered'];

/** What is observed, counted when somebody reads. `perBot`: also one figure for each condition of each bot. */
export function addObservedMetrics(metrics: Metrics, observed: Observed, perBot: boolean): void {
  metrics.read(
    { name: 'claworc_cluster_state', help: 'How the cluster stands: 1 for the state that holds.', type: 'gauge' },
    () => {
      const now = observed.connection().state;
      return STATES.map((state) => ({ labels: { state }, value: Number(state === now) }));
    },
  );
  metrics.read({ name: 'claworc_bots', help: 'Bots by sync word and status.', type: 'gauge' }, () =>
    countBots(observed),
  );
  metrics.read(
    {
      name: 'claworc_units_held',
      help: 'Units that are neither applied nor pruned, as something is wrong with them on main.',
      type: 'gauge',
    },
    () => observed.held().length,
  );
  metrics.read(
    {
      name: 'claworc_standing_troubles',
      help: 'What holds for the whole fleet until a person or the cluster ends it.',
      type: 'gauge',
    },
    () => observed.standing().length,
  );
  addRolloutMetrics(metrics, observed);
  metrics.read(
    { name: 'claworc_followed_commit_info', help: 'The commit of main that is worked on, as a label.', type: 'gauge' },
    () => {
      const commit = observed.commit();
      return commit === null ? null : [{ labels: { commit }, value: 1 }];
    },
  );
  if (!perBot) return;
  metrics.read(
    {
      name: 'claworc_bot_condition',
      help: 'Conditions of each bot: 1 true, 0 false; absent where it is not known.',
      type: 'gauge',
    },
    () => botConditions(observed),
  );
}

function countBots(observed: Observed): Sample[] {
  const counts = new Map<string, { readonly labels: Record<string, string>; value: number }>();
  for (const name of observed.units()) {
    const unit = name === FLEET_UNIT ? undefined : observed.unit(name);
    if (unit === undefined) continue;
    const { sync, status } = unit;
    const key = `${sync} ${status}`;
    const found = counts.get(key) ?? { labels: { sync, status }, value: 0 };
    found.value += 1;
    counts.set(key, found);
  }
  return [...counts.values()];
}

function botConditions(observed: Observed): Sample[] {
  const connection = observed.connection();
  return observed.units().flatMap((bot) => {
    const unit = bot === FLEET_UNIT ? undefined : observed.unit(bot);
    if (unit === undefined) return [];
    return conditionsOf(unit, connection).flatMap(({ type, status }) =>
      status === 'Unknown' ? [] : [{ labels: { bot, condition: type }, value: Number(status === 'True') }],
    );
  });
}
