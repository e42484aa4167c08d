import type { BotInstance } from '../../../constructs/schema/index.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import { isoSeconds } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';
import type { EditedInstance } from './edited.ts';
import { readForChange } from './leaving.ts';
import { getInstance } from './list.ts';
import { write, type PlannedWrite, type Written } from './write.ts';

export type LifecycleAction = 'start' | 'stop' | 'restart';

/** Starts a stopped bot; a running one is left alone. */
export const startInstance = (context: AppContext, id: string): Promise<Written<Instance>> => run(context, id, 'start');

/** Stops a bot and keeps its volumes; a stopped one is left alone. */
export const stopInstance = (context: AppContext, id: string): Promise<Written<Instance>> => run(context, id, 'stop');

/** Gives a running bot a new pod. Throws `conflict` for a stopped one. */
export const restartInstance = (context: AppContext, id: string): Promise<Written<Instance>> =>
  run(context, id, 'restart');

async function run(context: AppContext, id: string, action: LifecycleAction): Promise<Written<Instance>> {
  const { published } = await write(context, planLifecycle(context, id, action));
  return { published, value: getInstance(context, id) };
}

export function planLifecycle(context: AppContext, id: string, action: LifecycleAction): PlannedWrite {
  const desired = readForChange(context, id);
  const { name } = desired.row;
  const next = nextOf(context, desired, action);
  const message = `${action.charAt(0).toUpperCase()}${action.slice(1)} ${name}`;
  if (next === undefined) return { message, changes: [] };
  return { message, changes: [{ kind: 'BotInstance', name, base: desired.record, next }] };
}

/** The record after the action, or undefined where it is so already. */
function nextOf(
  { clock }: AppContext,
  { record, row }: EditedInstance,
  action: LifecycleAction,
): BotInstance | undefined {
  const { state, ...spec } = record.spec;
  const isStopped = state === 'stopped';
  switch (action) {
    case 'start':
      return isStopped ? { ...record, spec } : undefined;
    case 'stop':
      return isStopped ? undefined : { ...record, spec: { ...spec, state: 'stopped' } };
    case 'restart':
      if (isStopped) {
        throw new ClaworcError('conflict', `${row.name} is stopped: there is nothing to restart; start it instead.`);
      }
      return { ...record, spec: { ...record.spec, restartedAt: isoSeconds(clock) } };
  }
}
