import type { Config } from '../../http/schemas/instance.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { checkRecord } from './check-record.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet } from './edited.ts';
import { readForChange, readShownInstance } from './leaving.ts';
import { write, type PlannedWrite, type Written } from './write.ts';

/** What the bot reads where its record says nothing. */
const EMPTY_CONFIG = '{}\n';

/** Of a bot that is leaving its last. Throws `not_found`. */
export function getConfig(context: AppContext, id: string): Config {
  const { record, row } = readShownInstance(context, id);
  return { config: record.spec.config ?? EMPTY_CONFIG, revision: row.commit };
}

/**
 * Replaces the config. Throws `stale` unless `revision` is the config's or the bot's (undefined: whatever is there), `invalid`
 * with line and column for a text that is no JSON object, and `conflict` when main changed it in the same moment or the
 * bot is leaving.
 */
export async function putConfig(
  context: AppContext,
  id: string,
  config: string,
  revision: string | undefined,
): Promise<Written<Config>> {
  const { row } = readForChange(context, id);
  if (revision !== undefined && revision !== row.commit && revision !== row.renderedCommit) {
    const seen = revision.slice(0, 7);
    const now = row.commit?.slice(0, 7) ?? 'a draft';
    throw new ClaworcError('stale', `${row.name} is at ${now} and not at ${seen} any more; load the config again.`, {
      field: 'If-Match',
      body: { revision: row.commit },
    });
  }
  const { published } = await write(context, planConfig(context, id, config));
  return { published, value: getConfig(context, id) };
}

export function planConfig(context: AppContext, id: string, config: string): PlannedWrite {
  const { record, row } = readForChange(context, id);
  const next = { ...record, spec: { ...record.spec, config } };
  checkRecord(next, readEditedFleet(context.store.reader).fleet, (path) => (path === 'spec.config' ? 'config' : path));
  const message = `Change config of ${row.name}`;
  if (config === (record.spec.config ?? EMPTY_CONFIG)) return { message, changes: [] };
  return { message, changes: [{ kind: 'BotInstance', name: row.name, base: record, next }] };
}
