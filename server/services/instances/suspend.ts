import { suspensionOf, suspensionWords, type BotInstance } from '../../../constructs/schema/index.ts';
import type { Instance, Suspend } from '../../http/schemas/instance.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet } from './edited.ts';
import { readForChange } from './leaving.ts';
import { getInstance } from './list.ts';
import { write, type PlannedWrite, type Written } from './write.ts';

/** Has the record say that nothing is written for the bot; what is said so already is left alone. */
export async function suspendInstance(context: AppContext, id: string, body: Suspend): Promise<Written<Instance>> {
  const { published } = await write(context, planSuspend(context, id, body));
  return { published, value: getInstance(context, id) };
}

/** Takes the record's own word back. Throws `conflict` for a bot that is suspended with the whole fleet alone. */
export async function resumeInstance(context: AppContext, id: string): Promise<Written<Instance>> {
  const { published } = await write(context, planResume(context, id));
  return { published, value: getInstance(context, id) };
}

function planSuspend(context: AppContext, id: string, { mode = 'suspend', reason = '' }: Suspend): PlannedWrite {
  const { record, row } = readForChange(context, id);
  const why = reason.trim();
  const next = withReconcile(record, { mode, ...(why !== '' && { reason: why }) });
  const said = record.spec.reconcile;
  const isSo = said?.mode === mode && (said.reason ?? '') === why;
  const message = mode === 'detect' ? `Only compare ${row.name}` : `Suspend ${row.name}`;
  return { message, changes: isSo ? [] : [{ kind: 'BotInstance', name: row.name, base: record, next }] };
}

function planResume(context: AppContext, id: string): PlannedWrite {
  const { record, row } = readForChange(context, id);
  const message = `Resume ${row.name}`;
  if (suspensionOf(record, null) !== undefined) {
    const next = withReconcile(record, undefined);
    return { message, changes: [{ kind: 'BotInstance', name: row.name, base: record, next }] };
  }
  const ofFleet = suspensionOf(record, readEditedFleet(context.store.reader).fleet);
  if (ofFleet === undefined) return { message, changes: [] };
  throw new ClaworcError(
    'conflict',
    `${row.name} is ${suspensionWords(ofFleet)}: claworc.yaml says so, not its record. Resume the fleet in the settings.`,
    { subject: row.name },
  );
}

/** A record with another word on whether it is applied, or none of its own. */
export function withReconcile(record: BotInstance, reconcile: BotInstance['spec']['reconcile']): BotInstance {
  const { reconcile: _, ...spec } = record.spec;
  return { ...record, spec: reconcile === undefined ? spec : { ...spec, reconcile } };
}
