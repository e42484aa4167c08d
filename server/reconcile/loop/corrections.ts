import { keyOf } from '../live/live-unit.ts';
import { wasAppliedByUs } from '../live/evidence.ts';
import type { PlannedAction, UnitPlan } from '../plan/plan-types.ts';
import type { Fight } from '../status/observed.ts';

const WINDOW_MS = 10 * 60_000;
const LIMIT = 5;

export interface Restrained {
  /** The plan with objects that are fought over left out. */
  readonly plan: UnitPlan;
  readonly fights: readonly Fight[];
  /** When to look again; undefined where nothing is fought over. */
  readonly againInMs: number | undefined;
}

/**
 * Notices when something else keeps undoing what we do: an object that was put right, brought back or removed more than
 * 5 times in 10 min is left alone until 10 min have passed since the last time. A process that starts begins to count anew.
 */
export class Corrections {
  readonly #times = new Map<string, readonly number[]>();

  note(kind: string, name: string, now: number): void {
    const key = keyOf(kind, name);
    this.#times.set(key, [...this.#recent(key, now), now]);
  }

  restrain(plan: UnitPlan, now: number): Restrained {
    const fights: Fight[] = [];
    const actions = plan.actions.map((action): PlannedAction => {
      if (!isAgainstSomebody(action)) return action;
      const times = this.#recent(keyOf(action.kind, action.name), now);
      if (times.length <= LIMIT) return action;
      const goesOnAt = new Date((times.at(-1) ?? now) + WINDOW_MS).toISOString();
      const managers = managersIn(action);
      const fight = { kind: action.kind, name: action.name, count: times.length, managers, goesOnAt };
      fights.push(fight);
      return { ...action, action: 'skip', reason: describeFight(fight, action) };
    });
    if (fights.length === 0) return { plan, fights, againInMs: undefined };
    const next = Math.min(...fights.map(({ goesOnAt }) => Date.parse(goesOnAt)));
    return { plan: { ...plan, actions }, fights, againInMs: next - now };
  }

  /** Lets what rests be put right at once; the next fight has to begin anew. */
  forget(objects: readonly { readonly kind: string; readonly name: string }[]): void {
    for (const { kind, name } of objects) this.#times.delete(keyOf(kind, name));
  }

  #recent(key: string, now: number): readonly number[] {
    return (this.#times.get(key) ?? []).filter((time) => time > now - WINDOW_MS);
  }
}

/** True of what somebody undid; a change of main to an object as we left it is none. */
function isAgainstSomebody({ action, drift, live }: PlannedAction): boolean {
  if (action === 'configure') return drift || (live !== undefined && !wasAppliedByUs(live));
  return action === 'create' || action === 'prune';
}

/** Who owns the fields that differ; of an object that is there as a whole, who made it. */
function managersIn({ fields, live, action }: PlannedAction): readonly string[] {
  const owners = fields.flatMap((field) => field.owners);
  const makers = action === 'prune' ? (live?.metadata.managedFields ?? []).flatMap(({ manager }) => manager ?? []) : [];
  return [...new Set([...owners, ...makers])].filter((manager) => !manager.startsWith('claworc'));
}

function describeFight({ count, managers, goesOnAt }: Fight, { action }: PlannedAction): string {
  const who = managers.length === 0 ? 'something' : managers.join(', ');
  return `${WORDS[action] ?? 'put right'} ${count} times in 10 min and ${UNDONE[action] ?? 'changed'} again by ${who}: left alone until ${goesOnAt}`;
}

const WORDS: Partial<Record<PlannedAction['action'], string>> = { create: 'made again', prune: 'removed' };
const UNDONE: Partial<Record<PlannedAction['action'], string>> = { create: 'deleted', prune: 'made' };
