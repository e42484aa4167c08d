import { isSame } from '../../../constructs/merge.ts';
import { placeOf } from '../../../constructs/repo/paths.ts';
import { isUnread } from '../../../constructs/repo/repo.ts';
import type { BotInstance, Fleet } from '../../../constructs/schema/index.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { PortServices } from '../../reconcile/live/port-services.ts';
import type { DocumentChange } from '../../store/edit.ts';
import { checkRecord } from '../instances/check-record.ts';
import { portsBeside, portsOf, type PortHolder } from '../instances/node-ports.ts';
import { fitToPorts, fitToVolumes, type Fitted } from './fit-record.ts';
import type { Ground } from './ground.ts';
import { lostText } from './plan-bot-restore.ts';
import { KEPT_WITH_FLEET, planDefaults } from './plan-defaults.ts';
import type { PlannedRestore } from './planned-restore.ts';
import { keptKeys, returningKeys } from './restored-keys.ts';
import { ALL_DATA_STAYS } from './restored-volumes.ts';
import { unsignedRecord } from './unsigned-then.ts';

export interface PlannedFleetRestore extends PlannedRestore {
  /** Bots that main has and the commit has not. */
  readonly removes: readonly string[];
}

/** What gives every bot the record that it had at a commit. Throws `invalid` for what today's rules do not allow. */
export async function planFleetRestore(ground: Ground, then: Snapshot, commit: string): Promise<PlannedFleetRestore> {
  const { bots: present } = ground;
  const { fleet, change: fleetChange, notes: fleetNotes } = planDefaults(ground, then, commit, KEPT_WITH_FLEET);
  const broken = brokenRecords(then).filter((name) => present.has(name));
  const past = [...then.repo.records.values()].map(({ record }) => record);
  const sized = new Map<string, Fitted>();
  for (const record of past) {
    const { name } = record.metadata;
    const bot = present.get(name);
    sized.set(name, bot === undefined ? { record, notes: [] } : await fitToVolumes(ground.claims, bot, record));
  }
  const inCluster = withoutOurs(await ground.portsInCluster(fleet), present, fleet);
  const taken = holdersBeside(past, broken, present);
  const changes: DocumentChange[] = [...fleetChange];
  const notes = [
    ...fleetNotes,
    ...broken.map((name) => `${name}: its record at the commit is none by today's rules; it stays as it is.`),
  ];
  for (const [name, { record, notes: own }] of sized) {
    const holders = [...taken.filter(({ by }) => by !== name), ...portsBeside(inCluster, fleet, name)];
    const placed = fitToPorts(record, fleet, { seen: inCluster.seen, holders });
    checkFits(name, placed.record, fleet);
    const { nodePorts } = placed.record.spec;
    if (nodePorts !== undefined) taken.push(...portsOf(name, nodePorts));
    // A checkout knows no more of a broken record than that it is there.
    const bot = present.get(name) ?? (isUnread(ground.repo, name) ? record : undefined);
    const told = [...unsignedRecord(then, name), ...own, ...placed.notes];
    if (bot === undefined) {
      const keys = returningKeys(then, name, fleet, ground.recipients);
      const text = then.repo.records.get(name)?.text;
      const written = text === undefined ? {} : { text };
      changes.push({ kind: 'BotInstance', name, base: null, next: placed.record, ...written }, ...keys.changes);
      told.push(...keys.notes, ground.volumesOf(name));
    } else {
      const text = lostText(ground, then, name);
      const change = { kind: 'BotInstance', name, base: bot, next: placed.record } as const;
      if (text !== undefined) changes.push({ ...change, text });
      else if (!isSame(placed.record, bot)) changes.push(change);
      told.push(...keptKeys(then.repo, ground.repo, name));
    }
    notes.push(...told.map((sentence) => `${name}: ${sentence}`));
  }
  const removes = [...present.keys()].filter((name) => !sized.has(name) && !broken.includes(name)).sort();
  for (const name of removes) {
    changes.push({ kind: 'BotInstance', name, base: present.get(name) ?? null, next: null, data: 'retain' });
  }
  return {
    commit,
    removes,
    changes,
    notes: [...notes, ALL_DATA_STAYS],
    message: `Restore the fleet to ${commit.slice(0, 7)}`,
  };
}

/** Throws `conflict` unless `remove` names exactly the bots that go. */
export function checkRemoves({ removes }: PlannedFleetRestore, remove: readonly string[]): void {
  if (removes.toSorted().join() === remove.toSorted().join()) return;
  const which = removes.length === 0 ? 'no bot' : removes.join(', ');
  throw new ClaworcError('conflict', `This restore removes ${which}: name exactly those in remove.`, {
    field: 'remove',
    body: { removes: [...removes] },
  });
}

function brokenRecords({ files, repo }: Snapshot): readonly string[] {
  return [...files.keys()].flatMap((path) => {
    const place = placeOf(path);
    return place.kind === 'record' && !repo.records.has(place.name) ? [place.name] : [];
  });
}

/** Ports of the bots that there will be. */
function holdersBeside(past: readonly BotInstance[], broken: readonly string[], present: Ground['bots']): PortHolder[] {
  const kept = broken.flatMap((name) => present.get(name) ?? []);
  return [...past, ...kept].flatMap(({ metadata, spec }) =>
    spec.nodePorts === undefined ? [] : portsOf(metadata.name, spec.nodePorts),
  );
}

/** Services of our own bots change hands in the same commit. */
function withoutOurs({ seen, services }: PortServices, present: Ground['bots'], { spec }: Fleet): PortServices {
  const isOurs = (service: PortServices['services'][number]): boolean =>
    service.namespace === spec.namespace && present.has(service.name.replace(/-vnc$/, ''));
  return { seen, services: services.filter((service) => !isOurs(service)) };
}

function checkFits(name: string, record: BotInstance, fleet: Fleet): void {
  try {
    checkRecord(record, fleet);
  } catch (error) {
    if (!(error instanceof ClaworcError)) throw error;
    throw new ClaworcError('invalid', `${name} can't be as it was: ${error.message}`, { subject: name, cause: error });
  }
}
