import type { DataFate } from '../../../constructs/schema/index.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedInstance } from './edited.ts';
import { getInstance } from './list.ts';
import { write, type PlannedWrite, type Written } from './write.ts';

/** Removes a bot and says what becomes of its volumes; gives the bot as it was. Throws `not_found`. */
export async function deleteInstance(context: AppContext, id: string, data: DataFate): Promise<Written<Instance>> {
  const last = getInstance(context, id);
  const { published } = await write(context, planDelete(context, id, data));
  return { published, value: { ...last, sync: published ? 'published' : 'draft', sync_reason: fateInWords(data) } };
}

export function planDelete(context: AppContext, id: string, data: DataFate): PlannedWrite {
  const { row, record } = readEditedInstance(context.store.reader, id);
  return {
    message: `Delete ${row.name} (${data} data)`,
    changes: [{ kind: 'BotInstance', name: row.name, base: record, next: null, data }],
  };
}

function fateInWords(data: DataFate): string {
  return data === 'retain' ? 'Removed; its volumes are kept' : 'Removed with its volumes';
}
