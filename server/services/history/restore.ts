import { isSame } from '../../../constructs/merge.ts';
import { recordPath } from '../../../constructs/repo/paths.ts';
import type { BotInstance } from '../../../constructs/schema/index.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import type { RestorePreview } from '../../http/schemas/history.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { DocumentChange } from '../../store/edit.ts';
import type { AppContext } from '../app-context.ts';
import { readBase } from '../instances/base-record.ts';
import { checkRecord } from '../instances/check-record.ts';
import { findEditedInstance, readEditedFleet, readEditedInstances, type EditedInstance } from '../instances/edited.ts';
import { getInstance } from '../instances/list.ts';
import { NOTHING_SEEN, isOpen, portsBeside, portsInCluster, portsOfBots } from '../instances/node-ports.ts';
import { write, type Written } from '../instances/write.ts';
import { readRecipients } from '../keys/recipients.ts';
import { fitToPorts, fitToVolumes } from './fit-record.ts';
import type { PlannedRestore } from './planned-restore.ts';
import { previewRestore } from './preview-restore.ts';
import { keptKeys, returningKeys } from './restored-keys.ts';
import { DATA_STAYS, volumesOfReturning } from './restored-volumes.ts';
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

async function planRestore(context: AppContext, id: string, to: string, base?: string): Promise<PlannedRestore> {
  const name = nameOfBot(context, id);
  const { commit } = await readRevision(context, to, 'to');
  const then = await context.snapshots.at(commit);
  const past = recordAt(then, commit, name);
  const present = findEditedInstance(context.store.reader, name);
  const planned =
    present === undefined ? await planReturn(context, then, past) : await planTurn(context, then, past, present, base);
  return { ...planned, commit, message: `Restore ${name} to ${commit.slice(0, 7)}` };
}

type Plan = Pick<PlannedRestore, 'changes' | 'notes'>;

/** Of a bot that main has, or a draft. */
async function planTurn(
  context: AppContext,
  then: Snapshot,
  past: BotInstance,
  present: EditedInstance,
  revision: string | undefined,
): Promise<Plan> {
  const { name } = present.row;
  const base = await readBase(context, present, revision);
  const sized = await fitToVolumes(context.cluster, present.record, past);
  const { repo } = await context.snapshots.at(await context.repository.head());
  const placed = await fitToday(context, sized.record);
  const isUnchanged = isSame(placed.record, base);
  return {
    changes: isUnchanged ? [] : [{ kind: 'BotInstance', name, base, next: placed.record }],
    notes: [...sized.notes, ...placed.notes, ...keptKeys(then.repo, repo, name), DATA_STAYS],
  };
}

/** Of one that is gone. */
async function planReturn(context: AppContext, then: Snapshot, past: BotInstance): Promise<Plan> {
  const { name } = past.metadata;
  const placed = await fitToday(context, past);
  const { fleet } = readEditedFleet(context.store.reader);
  const { named, accepted } = readRecipients(context.store.reader);
  const today = named.filter((each) => accepted.includes(each));
  const keys = returningKeys(then.repo, name, fleet, today);
  const created: DocumentChange = { kind: 'BotInstance', name, base: null, next: placed.record };
  return {
    changes: [created, ...keys.changes],
    notes: [...placed.notes, ...keys.notes, volumesOfReturning(context, name)],
  };
}

/** With ports that nobody else has, and as today's rules allow. */
async function fitToday(
  context: AppContext,
  past: BotInstance,
): Promise<{ record: BotInstance; notes: readonly string[] }> {
  const read = context.store.reader;
  const { name } = past.metadata;
  const { fleet } = readEditedFleet(read);
  const inCluster = isOpen(past, fleet) ? await portsInCluster(context.cluster, fleet) : NOTHING_SEEN;
  const holders = [...portsOfBots(readEditedInstances(read).bots, name), ...portsBeside(inCluster, fleet, name)];
  const placed = fitToPorts(past, fleet, { seen: inCluster.seen, holders });
  checkRecord(placed.record, fleet);
  return { record: placed.record, notes: placed.notes };
}

function recordAt({ repo, files }: Snapshot, commit: string, name: string): BotInstance {
  const entry = repo.records.get(name);
  if (entry !== undefined) return entry.record;
  const path = recordPath(name);
  const short = commit.slice(0, 12);
  if (!files.has(path)) {
    throw new ClaworcError('not_found', `At ${short} there was no bot ${name}: nothing can be restored from it.`, {
      field: 'to',
      subject: name,
    });
  }
  const problem = repo.problems.find(({ file }) => file === path);
  const why = problem === undefined ? 'it is broken' : `line ${problem.line ?? 1}: ${problem.field} ${problem.message}`;
  throw new ClaworcError('invalid', `The record of ${name} at ${short} is none by today's rules: ${why}.`, {
    field: 'to',
    subject: path,
  });
}
