import type { PlannedAction, UnitPlan } from '../plan/plan-types.ts';
import { keyOf } from '../live/live-unit.ts';

const WINDOW_MS = 10 * 60_000;
const LIMIT = 5;

/**
 * Notices when something else keeps changing what we put right: an object that was corrected more than 5 times in
 * 10 min is left alone until 10 min have passed since the last time.
 */
export class Corrections {
  readonly #times = new Map<string, readonly number[]>();

  note(kind: string, name: string, now: number): void {
    const key = keyOf(kind, name);
    this.#times.set(key, [...this.#recent(key, now), now]);
  }

  /** The plan with objects that are fought over left out, and when to look again. */
  restrain(plan: UnitPlan, now: number): { readonly plan: UnitPlan; readonly againInMs: number | undefined } {
    let againInMs: number | undefined;
    const actions = plan.actions.map((action): PlannedAction => {
      const times = this.#recent(keyOf(action.kind, action.name), now);
      if (!action.drift || action.action !== 'configure' || times.length <= LIMIT) return action;
      const rest = (times.at(-1) ?? now) + WINDOW_MS - now;
      againInMs = Math.min(againInMs ?? rest, rest);
      return { ...action, action: 'skip', reason: describe(action, times.length) };
    });
    return againInMs === undefined ? { plan, againInMs } : { plan: { ...plan, actions }, againInMs };
  }

  #recent(key: string, now: number): readonly number[] {
    return (this.#times.get(key) ?? []).filter((time) => time > now - WINDOW_MS);
  }
}

function describe({ fields }: PlannedAction, count: number): string {
  const others = [...new Set(fields.flatMap(({ owners }) => owners))].join(', ');
  const who = others === '' ? 'something' : others;
  return `corrected ${count} times in 10 min and changed again by ${who}: left alone for 10 min`;
}
