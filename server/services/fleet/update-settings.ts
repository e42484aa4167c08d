import { FLEET_PATH, GLOBAL_SCOPE } from '../../../constructs/repo/paths.ts';
import { isDeepStrictEqual } from 'node:util';
import { validateFleet } from '../../../constructs/schema/check/check-fleet.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import type { Fleet } from '../../../constructs/schema/index.ts';
import type { Settings, UpdateSettings } from '../../http/schemas/settings.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { rewriteMetadata } from '../../secrets/rewrite-metadata.ts';
import type { DocumentChange } from '../../store/edit.ts';
import { checkRecord } from '../instances/check-record.ts';
import type { AppContext } from '../app-context.ts';
import { readEditedFleet, readEditedInstances, readEditedKeys, type EditedInstance } from '../instances/edited.ts';
import { fleetFieldOf, withSettings } from './fields.ts';
import { sealKeys, type KeyChange } from '../keys/key-edits.ts';
import { withoutMasks } from '../keys/masks.ts';
import {
  NOTHING_SEEN,
  portsBeside,
  portsInCluster,
  portsOf,
  portsOfBots,
  withoutLostPorts,
  withPorts,
} from '../instances/node-ports.ts';
import type { PortServices } from '../../reconcile/live/port-services.ts';
import { openNamespaces } from './open-namespaces.ts';
import { digestOfKey } from '../publish/lay-key.ts';
import { getSettings } from './settings.ts';
import { changedNames, inWords } from '../instances/update.ts';
import { write, type PlannedWrite, type Written } from '../instances/write.ts';

/**
 * Changes the given settings, on top of the revision that the person saw. Throws `invalid`, `instances_exist` (for
 * another namespace), `ports_used_up`, `stale` and `conflict`.
 */
export async function updateSettings(
  context: AppContext,
  body: UpdateSettings,
  revision?: string,
): Promise<Written<Settings>> {
  const { published } = await write(context, await planSettings(context, body, revision));
  return { published, value: getSettings(context) };
}

export async function planSettings(
  context: AppContext,
  given: UpdateSettings,
  revision?: string,
): Promise<PlannedWrite> {
  const read = context.store.reader;
  const body = withoutMasks(context, GLOBAL_SCOPE, given);
  const base = await readBaseFleet(context, revision);
  const next = withSettings(base, body);
  checkFleet(next);
  const keys = await sealKeys(context, 'global', body, next);
  const opens = next.spec.exposure === 'nodePort' && readEditedFleet(read).fleet.spec.exposure !== 'nodePort';
  const inCluster = opens ? await portsInCluster(context.cluster, next) : NOTHING_SEEN;
  // Sealing and asking took a while: from here to the submit nothing waits.
  const instances = readEditedInstances(read).bots;
  const moves = next.spec.namespace !== readEditedFleet(read).fleet.spec.namespace;
  checkNamespace(next.spec.namespace, openNamespaces(context), instances.length);
  const changes: DocumentChange[] = [
    ...(isDeepStrictEqual(next, base) ? [] : [{ kind: 'Fleet', base, next } as const]),
    ...recordChanges(instances, next, inCluster),
    ...keys,
    ...(moves ? movedKeys(context, next.spec.namespace, keys) : []),
  ];
  return { message: `Change ${inWords(changedNames(body))} of the fleet`, changes };
}

async function readBaseFleet(context: AppContext, revision?: string): Promise<Fleet> {
  const { fleet, commit } = readEditedFleet(context.store.reader);
  if (revision === undefined || revision === commit) return fleet;
  const bytes = await context.repository.readFile(revision, FLEET_PATH).catch(() => null);
  const parsed = bytes === null ? undefined : parseFleet(bytes, FLEET_PATH);
  if (parsed?.ok === true) return parsed.fleet;
  throw new ClaworcError('stale', `Revision ${revision.slice(0, 12)} holds no claworc.yaml; load the settings again.`, {
    field: 'If-Match',
  });
}

function checkFleet(fleet: Fleet): void {
  const [problem] = validateFleet(fleet);
  if (problem === undefined) return;
  const field = fleetFieldOf(problem.field);
  throw new ClaworcError('invalid', `${field}: ${problem.message}.`, { field });
}

function checkNamespace(wanted: string, open: readonly string[] | null, bots: number): void {
  if (open === null || open.includes(wanted)) return;
  throw new ClaworcError(
    'instances_exist',
    `The namespace can't change while there are bots (${bots}): their objects and volumes are in it.`,
    { field: 'namespace' },
  );
}

/** Bots that inherit the exposure get or lose their pair of ports in the same commit; each must fit the new defaults. */
function recordChanges(instances: readonly EditedInstance[], fleet: Fleet, inCluster: PortServices): DocumentChange[] {
  const ofBots = [...portsOfBots(instances)];
  return instances.flatMap(({ row, record, isLeaving }) => {
    if (isLeaving) return [];
    const others = portsBeside(inCluster, fleet, row.name);
    const known = () => ({ seen: inCluster.seen, holders: [...ofBots, ...others] });
    const next =
      record.spec.exposure === undefined ? withPorts(withoutLostPorts(record, others), fleet, known) : record;
    checkInherited(row.name, () => checkRecord(next, fleet));
    if (isDeepStrictEqual(next, record)) return [];
    if (next.spec.nodePorts !== undefined) ofBots.push(...portsOf(row.name, next.spec.nodePorts));
    return [{ kind: 'BotInstance', name: row.name, base: record, next } as const];
  });
}

function checkInherited(name: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof ClaworcError)) throw error;
    throw new ClaworcError('invalid', `This does not fit ${name}: ${error.message}`, { subject: name, cause: error });
  }
}

/** Sealed keys name their namespace in clear; their values are not touched. */
function movedKeys(context: AppContext, namespace: string, sealedNow: readonly KeyChange[]): KeyChange[] {
  const fresh = new Set(sealedNow.map(({ key }) => key));
  const present = [...readEditedKeys(context.store.reader, 'global').values()].filter(({ name }) => !fresh.has(name));
  return present.map(({ name, file, fingerprint, hint }) => {
    const moved = rewriteMetadata(file, { namespace });
    if (!moved.ok) throw new ClaworcError('secrets', `The global key ${name} can't move: ${moved.reason}`);
    const print = fingerprint ?? new Uint8Array();
    const next = { file: moved.text, fingerprint: print, hint };
    return { kind: 'SealedKey', scope: 'global', key: name, base: digestOfKey(file), next };
  });
}
