import { recordPath } from '../../../constructs/repo/paths.ts';
import { parseRecord } from '../../../constructs/schema/yaml/parse-document.ts';
import type { BotInstance } from '../../../constructs/schema/index.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';
import type { EditedInstance } from './edited.ts';

/**
 * The record that a person saw: at the revision they name, else as it is now, drafts included. Throws `stale` for a
 * revision that holds no such record.
 */
export async function readBase(context: AppContext, desired: EditedInstance, revision?: string): Promise<BotInstance> {
  if (revision === undefined || revision === desired.row.commit || revision === desired.row.renderedCommit)
    return desired.record;
  const path = recordPath(desired.row.name);
  const bytes = await context.repository.readFile(revision, path).catch(() => null);
  const parsed = bytes === null ? undefined : parseRecord(bytes, path);
  if (parsed?.ok === true) return parsed.record;
  throw new ClaworcError('stale', `Revision ${revision.slice(0, 12)} holds no ${path}; load the bot again.`, {
    field: 'If-Match',
  });
}
