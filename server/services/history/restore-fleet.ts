import { isSame } from '../../../constructs/merge.ts';
import { placeOf } from '../../../constructs/repo/paths.ts';
import { validateFleet } from '../../../constructs/schema/check/check-fleet.ts';
import type { BotInstance, Fleet } from '../../../constructs/schema/index.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import type { FleetRestorePreview, RestoredFleet } from '../../http/schemas/history.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { PortServices } from '../../reconcile/live/port-services.ts';
import type { DocumentChange } from '../../store/edit.ts';
import type { AppContext } from '../app-context.ts';
import { checkRecord } from '../instances/check-record.ts';
import { readEditedFleet, readEditedInstances, type EditedInstance } from '../instances/edited.ts';
import { portsBeside, portsInCluster, portsOf, type PortHolder } from '../instances/node-ports.ts';
import { write, type Written } from '../instances/write.ts';
import { readRecipients } from '../keys/recipients.ts';
import { fitToPorts, fitToVolumes } from './fit-record.ts';
import type { PlannedRestore } from './planned-restore.ts';
import { previewRestore } from './preview-restore.ts';
import { keptKeys, returningKeys } from './restored-keys.ts';
import { DATA_STAYS, volumesOfReturning } from './restored-volumes.ts';
import { readRevision } from './revision.ts';

/** What of claworc.yaml is never turned back: where the bots live, who may open keys, and the rules of today. */
const KEPT = ['namespace', 'rendering', 'recipients', 'policy', 'publish'] as const;

interface PlannedFleetRestore extends PlannedRestore {
  /** Bots that main has and the commit has not. */
  readonly removes: readonly string[];
}

/**
 * Gives every bot the record that it had at a commit, and the fleet its defaults, as one edit; bots that the commit does not
 * have are removed, and keep their volumes. `remove` has to name exactly those. Throws `not_found`, `invalid` and `conflict`.
 */
export async function restoreFleet(
  context: AppContext,
  to: string,
  remove: readonly string[],
): Promise<Written<RestoredFleet>> {
  const planned = await planFleetRestore(context, to);
  const { removes, message, changes } = planned;
  if (removes.toSorted().join() !== remove.toSorted().join()) {
    const which = removes.length === 0 ? 'no bot' : removes.join(', ');
    throw new ClaworcError('conflict', `This restore removes ${which}: name exactly those in remove.`, {
      field: 'remove',
      body: { removes },
    });
  }
  const { published } = await write(context, planned);
  return { published, value: { message: changes.length === 0 ? '' : message, removes: [...removes] } };
}

/** What it would commit and do. Throws as the write does. */
export async function previewFleetRestore(context: AppContext, to: string): Promise<FleetRestorePreview> {
  const planned = await planFleetRestore(context, to);
  return { ...(await previewRestore(context, planned)), removes: [...planned.removes] };
}

async function planFleetRestore(context: AppContext, to: string): Promise<PlannedFleetRestore> {
  const { commit } = await readRevision(context, to, 'to');
  const { snapshots, repository, store, cluster } = context;
  const then = await snapshots.at(commit);
  const now = await snapshots.at(await repository.head());
  const { fleet, change: fleetChange, notes: fleetNotes } = planDefaults(context, then, commit);
  const present = new Map(readEditedInstances(store.reader).bots.flatMap((bot) => entryOf(bot)));
  const broken = brokenRecords(then).filter((name) => present.has(name));
  const past = [...then.repo.records.values()].map(({ record }) => record);
  const sized = new Map<string, Awaited<ReturnType<typeof fitToVolumes>>>();
  for (const record of past) {
    const { name } = record.metadata;
    const bot = present.get(name);
    sized.set(name, bot === undefined ? { record, notes: [] } : await fitToVolumes(cluster, bot.record, record));
  }
  const inCluster = withoutOurs(await portsInCluster(cluster, fleet), present, fleet);
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
    const bot = present.get(name);
    const told = [...own, ...placed.notes];
    if (bot === undefined) {
      const { named, accepted } = readRecipients(store.reader);
      const keys = returningKeys(
        then.repo,
        name,
        fleet,
        named.filter((each) => accepted.includes(each)),
      );
      changes.push({ kind: 'BotInstance', name, base: null, next: placed.record }, ...keys.changes);
      told.push(...keys.notes, volumesOfReturning(context, name));
    } else {
      if (!isSame(placed.record, bot.record))
        changes.push({ kind: 'BotInstance', name, base: bot.record, next: placed.record });
      told.push(...keptKeys(then.repo, now.repo, name));
    }
    notes.push(...told.map((sentence) => `${name}: ${sentence}`));
  }
  const removes = [...present.keys()].filter((name) => !sized.has(name) && !broken.includes(name)).sort();
  for (const name of removes) {
    changes.push({ kind: 'BotInstance', name, base: present.get(name)?.record ?? null, next: null, data: 'retain' });
  }
  return {
    commit,
    removes,
    changes,
    notes: [...notes, DATA_STAYS],
    message: `Restore the fleet to ${commit.slice(0, 7)}`,
  };
}

/** Bots that main has, and that nobody is about to remove. */
function entryOf(bot: EditedInstance): readonly (readonly [string, EditedInstance])[] {
  return bot.row.record === null || bot.isLeaving ? [] : [[bot.row.name, bot]];
}

function brokenRecords({ files, repo }: Snapshot): readonly string[] {
  return [...files.keys()].flatMap((path) => {
    const place = placeOf(path);
    return place.kind === 'record' && !repo.records.has(place.name) ? [place.name] : [];
  });
}

/** Ports of the bots that there will be. */
function holdersBeside(
  past: readonly BotInstance[],
  broken: readonly string[],
  present: ReadonlyMap<string, EditedInstance>,
): PortHolder[] {
  const kept = broken.flatMap((name) => present.get(name)?.record ?? []);
  return [...past, ...kept].flatMap(({ metadata, spec }) =>
    spec.nodePorts === undefined ? [] : portsOf(metadata.name, spec.nodePorts),
  );
}

/** Services of our own bots change hands in the same commit. */
function withoutOurs(
  { seen, services }: PortServices,
  present: ReadonlyMap<string, EditedInstance>,
  { spec }: Fleet,
): PortServices {
  const isOurs = (service: PortServices['services'][number]): boolean =>
    service.namespace === spec.namespace && present.has(service.name.replace(/-vnc$/, ''));
  return { seen, services: services.filter((service) => !isOurs(service)) };
}

function planDefaults(
  { store }: AppContext,
  { repo }: Snapshot,
  commit: string,
): { readonly fleet: Fleet; readonly change: readonly DocumentChange[]; readonly notes: readonly string[] } {
  const { fleet: base } = readEditedFleet(store.reader);
  if (repo.fleet === null) {
    throw new ClaworcError('invalid', `claworc.yaml at ${commit.slice(0, 12)} is none by today's rules.`, {
      field: 'to',
    });
  }
  const spec = { ...repo.fleet.spec };
  const kept: string[] = [];
  for (const field of KEPT) {
    if (isSame(spec[field], base.spec[field])) continue;
    kept.push(field);
    if (base.spec[field] === undefined) Reflect.deleteProperty(spec, field);
    else Object.assign(spec, { [field]: base.spec[field] });
  }
  const next: Fleet = { ...repo.fleet, metadata: base.metadata, spec };
  const [problem] = validateFleet(next);
  if (problem !== undefined) {
    throw new ClaworcError('invalid', `claworc.yaml: ${problem.field} ${problem.message}.`, { field: problem.field });
  }
  const notes = kept.length === 0 ? [] : [`Of claworc.yaml ${kept.join(', ')} stay as they are now.`];
  return { fleet: next, change: isSame(next, base) ? [] : [{ kind: 'Fleet', base, next }], notes };
}

function checkFits(name: string, record: BotInstance, fleet: Fleet): void {
  try {
    checkRecord(record, fleet);
  } catch (error) {
    if (!(error instanceof ClaworcError)) throw error;
    throw new ClaworcError('invalid', `${name} can't be as it was: ${error.message}`, { subject: name, cause: error });
  }
}
