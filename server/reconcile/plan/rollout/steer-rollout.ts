import { ClaworcError } from '../../../lib/errors.ts';
import type { Rollout } from './find-rollout.ts';
import { markOfBot, type RolloutState } from './rollout-state.ts';
import type { RolloutStep } from './step-rollout.ts';

/** `resume`: also one that stopped, and what is unhealthy now counts for nothing. `skip`: all bots have the change at once. */
export type RolloutAction = 'pause' | 'resume' | 'skip';

/** What a person saw: where another rollout is on its way by now, nothing is done. */
export interface SteerRollout {
  readonly action: RolloutAction;
  /** The rollout's commit, whole or its first letters; left out for whatever is on its way. */
  readonly target?: string;
}

/** The state that a person asks for. Throws `conflict` where there is nothing to be done so. */
export function steerRollout(
  { action, target }: SteerRollout,
  rollout: Pick<Rollout, 'state' | 'rings'> | null,
  step: Pick<RolloutStep, 'unhealthy'> | null,
  now: number,
): RolloutState {
  if (rollout === null || rollout.state.phase === 'done') {
    throw new ClaworcError('conflict', 'No rollout is on its way, so there is none to steer.', { field: 'target' });
  }
  const { state, rings } = rollout;
  if (target !== undefined && !state.target.startsWith(target)) {
    const message = `What is on its way is the rollout of ${state.target.slice(0, 7)}, not of ${target.slice(0, 7)}. Look at it again.`;
    throw new ClaworcError('conflict', message, { field: 'target' });
  }
  const since = Math.floor(now / 1000) * 1000;
  const { phase } = state;
  switch (action) {
    case 'pause':
      if (phase === 'running') return { ...state, phase: 'paused' };
      throw new ClaworcError('conflict', `The rollout is ${phase} already.`, { field: 'action' });
    case 'resume': {
      if (phase === 'running')
        throw new ClaworcError('conflict', 'The rollout is going on already.', { field: 'action' });
      const accepted = phase === 'stopped' ? (step?.unhealthy ?? []).map(markOfBot) : [];
      const excused = [...new Set([...state.excused, ...accepted])].sort();
      return { ...state, phase: 'running', reason: '', excused, since };
    }
    case 'skip':
      return { ...state, phase: 'running', reason: '', ring: rings.length - 1, since };
  }
}
