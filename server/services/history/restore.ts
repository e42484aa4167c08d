import type { Instance } from '../../http/schemas/instance.ts';
import type { RestorePreview } from '../../http/schemas/history.ts';
import type { AppContext } from '../app-context.ts';
import { readBase } from '../instances/base-record.ts';
import { findEditedInstance } from '../instances/edited.ts';
import { getInstance } from '../instances/list.ts';
import { write, type Written } from '../instances/write.ts';
import { groundOf } from './ground.ts';
import { planReturn, planTurn } from './plan-bot-restore.ts';
import type { PlannedRestore } from './planned-restore.ts';
import { previewRestore } from './preview-restore.ts';
import { nameOfBot, readRevision } from './revision.ts';

/**
 * Gives a bot the record that it had at a commit, as an edit like any other: merged with main on top of what the person
 * saw (`base`), and checked by today's rules. A bot that main has no more comes back. Throws `not_found` for a commit
 * without it, and what an update or a creation throws.
 */
export async function restoreInstance(
  context: AppContext,
  id: string,
  to: string,
  base?: string,
): Promise<Written<Instance>> {
  const { published } = await write(context, await planRestore(context, id, to, base));
  return { published, value: getInstance(context, nameOfBot(context, id)) };
}

/** What it would commit and do. Throws as the write does. */
export async function previewInstanceRestore(context: AppContext, id: string, to: string): Promise<RestorePreview> {
  return previewRestore(context, await planRestore(context, id, to));
}

async function planRestore(context: AppContext, id: string, to: string, revision?: string): Promise<PlannedRestore> {
  const name = nameOfBot(context, id);
  const { commit } = await readRevision(context, to, 'to');
  const ground = await groundOf(context);
  const wanted = { name, commit, then: await context.snapshots.at(commit) };
  const present = findEditedInstance(context.store.reader, name);
  const planned =
    present === undefined
      ? await planReturn(ground, wanted)
      : await planTurn(ground, wanted, {
          present: present.record,
          base: await readBase(context, present, revision),
        });
  return { ...planned, commit, message: `Restore ${name} to ${commit.slice(0, 7)}` };
}
