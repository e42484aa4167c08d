import { FLEET_UNIT } from '../../../../constructs/repo/paths.ts';
import { isChange, type UnitPlan } from '../plan-types.ts';
import type { CountedBot } from './effect-counts.ts';
import { effectOfAction, OBJECT_EFFECTS, type ObjectEffect } from './object-effect.ts';
import { podChange } from './pod-change.ts';

/** What carrying out a unit's plan does to its bot. */
export interface BotPlanEffect extends CountedBot {
  /** The gravest effect of its actions. */
  readonly effect: ObjectEffect;
}

/** Null where nothing of it would be written, and for what the fleet shares: a key that is written touches no bot that runs. */
export function effectOfPlan({ unit, state, actions, parent }: UnitPlan): BotPlanEffect | null {
  if (unit === FLEET_UNIT || state === 'held' || parent.action === 'conflict') return null;
  const changes = actions.filter(isChange);
  if (changes.length === 0) return null;
  const effects = changes.map(effectOfAction);
  const isNew = state === 'present' && changes.some(({ action, kind }) => action === 'create' && kind === 'Deployment');
  const action = state === 'removed' ? 'remove' : isNew && !isLiving(actions) ? 'create' : 'configure';
  const pods = changes.map(podChange).filter((change) => change !== 'no');
  const kept = changes.some((change) => change.action === 'retain') ? 'kept' : 'none';
  return {
    name: unit,
    action,
    restart: pods[0] ?? 'no',
    data: effects.includes('destroys_data') ? 'destroyed' : effects.includes('volume_grows') ? 'grown' : kept,
    isReplaced: state === 'present' && changes.some((change) => change.action === 'replace'),
    effect: gravest(effects),
  };
}

/** A bot of which a part was deleted by hand isn't a new one. */
const isLiving = (actions: UnitPlan['actions']): boolean =>
  actions.some(({ live, action }) => live !== undefined && action !== 'create' && action !== 'retain');

const gravest = (effects: readonly ObjectEffect[]): ObjectEffect =>
  effects.reduce<ObjectEffect>(
    (worst, effect) => (OBJECT_EFFECTS.indexOf(effect) > OBJECT_EFFECTS.indexOf(worst) ? effect : worst),
    'none',
  );
