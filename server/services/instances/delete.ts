import { applierOf, type DataFate } from '../../../constructs/schema/index.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedInstance } from './edited.ts';
import { getInstance } from './list.ts';
import { write, type PlannedWrite, type Written } from './write.ts';

/**
 * Removes a bot from main and says what is going to happen in the cluster; gives the bot as it was. Throws `not_found`,
 * and `conflict` for one that main has no more and that is leaving.
 */
export async function deleteInstance(context: AppContext, id: string, data: DataFate): Promise<Written<Instance>> {
  const last = getInstance(context, id);
  if (last.leaving !== null) {
    const { waits_for: waitsFor } = last.leaving;
    throw new ClaworcError('conflict', `${last.name} is removed from main already and is leaving: ${waitsFor}.`);
  }
  const { published } = await write(context, planDelete(context, id, data));
  return {
    published,
    value: { ...last, sync: published ? 'published' : 'draft', sync_reason: fateInWords(context, data) },
  };
}

export function planDelete(context: AppContext, id: string, data: DataFate): PlannedWrite {
  const { row, record } = readEditedInstance(context.store.reader, id);
  return {
    message: `Delete ${row.name} (${data} data)`,
    changes: [{ kind: 'BotInstance', name: row.name, base: record, next: null, data }],
  };
}

/** Nothing in the cluster is gone yet when the answer is given. */
function fateInWords({ store, cluster: { observed } }: AppContext, data: DataFate): string {
  const { state, detail } = observed.connection();
  if (state === 'none') return 'Leaves main. No cluster is named: nothing else happens.';
  const fate = data === 'retain' ? 'its volumes are kept' : 'its volumes are destroyed after it';
  const wait = state === 'connected' ? observed.standing()[0] : detail;
  if (applierOf(readEditedFleet(store.reader).fleet) === 'external') return EXTERNAL_FATE[data];
  const next = `Leaves main; then its pod is ended and its objects are removed, and ${fate}.`;
  return wait === undefined ? next : `${next} That waits: ${wait}`;
}

/** Another program removes what main no longer has, or doesn't; it is told to leave volumes alone. */
const EXTERNAL_FATE: Readonly<Record<DataFate, string>> = {
  retain: 'Leaves main; the applier of the fleet removes it if it prunes, and its volumes are kept.',
  destroy: 'Leaves main; the applier of the fleet removes it if it prunes. Its volumes go when a person deletes them.',
};
