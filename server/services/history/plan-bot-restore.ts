import { isSame } from '../../../constructs/merge.ts';
import { recordPath } from '../../../constructs/repo/paths.ts';
import type { BotInstance } from '../../../constructs/schema/index.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { DocumentChange } from '../../store/edit.ts';
import { checkRecord } from '../instances/check-record.ts';
import { NOTHING_SEEN, isOpen, portsBeside } from '../instances/node-ports.ts';
import { fitToPorts, fitToVolumes, type Fitted } from './fit-record.ts';
import type { Ground } from './ground.ts';
import type { PlannedRestore } from './planned-restore.ts';
import { keptKeys, returningKeys } from './restored-keys.ts';
import { DATA_STAYS } from './restored-volumes.ts';
import { unsignedRecord } from './unsigned-then.ts';

type Plan = Pick<PlannedRestore, 'changes' | 'notes'>;

/** Which record goes where. */
export interface BotRestore {
  readonly name: string;
  /** The commit that is gone back to. */
  readonly commit: string;
  readonly then: Snapshot;
}

/**
 * What gives a bot the record that it had at a commit: `present` is the one that it has, and `base` the one that the person
 * saw. Throws `not_found` for a commit without it, and `invalid` for a record that today's rules do not allow.
 */
export async function planTurn(
  ground: Ground,
  { name, commit, then }: BotRestore,
  { present, base }: { readonly present: BotInstance; readonly base: BotInstance },
): Promise<Plan> {
  const sized = await fitToVolumes(ground.claims, present, recordAt(then, commit, name));
  const placed = await fitToday(ground, sized.record);
  const text = lostText(ground, then, name);
  const isUnchanged = isSame(placed.record, base) && text === undefined;
  const change = { kind: 'BotInstance', name, base, next: placed.record } as const;
  return {
    changes: isUnchanged ? [] : [{ ...change, ...(text === undefined ? {} : { text }) }],
    notes: [
      ...unsignedRecord(then, name),
      ...sized.notes,
      ...placed.notes,
      ...keptKeys(then.repo, ground.repo, name),
      DATA_STAYS,
    ],
  };
}

/** The text of then, where main has no record of the bot that can be read: it is broken there, or was taken away alone. */
export function lostText({ repo }: Pick<Ground, 'repo'>, then: Snapshot, name: string): string | undefined {
  return repo.records.has(name) ? undefined : then.repo.records.get(name)?.text;
}

/** The same for a bot that is gone. */
export async function planReturn(ground: Ground, { name, commit, then }: BotRestore): Promise<Plan> {
  const placed = await fitToday(ground, recordAt(then, commit, name));
  const keys = returningKeys(then, name, ground.fleet, ground.recipients);
  const text = then.repo.records.get(name)?.text;
  const created: DocumentChange = {
    kind: 'BotInstance',
    name,
    base: null,
    next: placed.record,
    ...(text === undefined ? {} : { text }),
  };
  return {
    changes: [created, ...keys.changes],
    notes: [...unsignedRecord(then, name), ...placed.notes, ...keys.notes, ground.volumesOf(name)],
  };
}

/** With ports that nobody else has, and as today's rules allow. */
async function fitToday(ground: Ground, past: BotInstance): Promise<Fitted> {
  const { fleet } = ground;
  const { name } = past.metadata;
  const inCluster = isOpen(past, fleet) ? await ground.portsInCluster(fleet) : NOTHING_SEEN;
  const holders = [...ground.holders(name), ...portsBeside(inCluster, fleet, name)];
  const placed = fitToPorts(past, fleet, { seen: inCluster.seen, holders });
  checkRecord(placed.record, fleet);
  return placed;
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
