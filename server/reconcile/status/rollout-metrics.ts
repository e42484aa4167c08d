import type { Metrics } from '../../lib/metrics/metrics.ts';
import type { Observed } from './observed.ts';

const STATES = ['running', 'paused', 'stopped'] as const;

/** How a change of the fleet goes from ring to ring; nothing while none does. */
export function addRolloutMetrics(metrics: Metrics, observed: Pick<Observed, 'rollout'>): void {
  metrics.read(
    { name: 'claworc_rollout_ring', help: 'The newest ring of a rollout that has its change.', type: 'gauge' },
    () => observed.rollout()?.ring ?? null,
  );
  metrics.read(
    { name: 'claworc_rollout_bots', help: 'Bots that a rollout is about, by what became of them.', type: 'gauge' },
    () => {
      const shown = observed.rollout();
      if (shown === null) return null;
      const counts = { ...shown.counts, held: shown.held };
      return Object.entries(counts).map(([state, value]) => ({ labels: { state }, value }));
    },
  );
  metrics.read(
    { name: 'claworc_rollout_state', help: 'How a rollout stands: 1 for the state that holds.', type: 'gauge' },
    () => {
      const shown = observed.rollout();
      return shown && STATES.map((state) => ({ labels: { state }, value: Number(state === shown.phase) }));
    },
  );
}
