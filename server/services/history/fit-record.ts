import { VOLUMES, type BotInstance, type Fleet } from '../../../constructs/schema/index.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { isOpen, withPorts, type PortHolder, type PortsKnown } from '../instances/node-ports.ts';
import { checkStorage, type ClaimsSeen } from '../instances/storage-rules.ts';

/** A record of the past as it can be today. */
export interface Fitted {
  readonly record: BotInstance;
  /** What can't be as it was, or stays as it is, as sentences. */
  readonly notes: readonly string[];
}

/**
 * A record of the past with the parts of the present that no edit turns back: volumes that can't shrink, or can't have
 * the size for another reason, their storage class, and the time of the last restart.
 */
export async function fitToVolumes(cluster: ClaimsSeen, present: BotInstance, past: BotInstance): Promise<Fitted> {
  const { name } = present.metadata;
  const notes: string[] = [];
  const storage = { ...past.spec.storage };
  for (const volume of VOLUMES) {
    const size = past.spec.storage[volume];
    const wanted = { ...present, spec: { ...present.spec, storage: { ...present.spec.storage, [volume]: size } } };
    try {
      await checkStorage(cluster, name, present, wanted);
    } catch (error) {
      if (!(error instanceof ClaworcError) || error.code !== 'storage_fixed') throw error;
      storage[volume] = present.spec.storage[volume];
      notes.push(error.message);
    }
  }
  const { className, ...sizes } = storage;
  const now = present.spec.storage.className;
  if (className !== now) {
    notes.push(
      `The storage class stays ${now ?? 'the default one'}: no volume moves to ${className ?? 'the default one'}.`,
    );
  }
  const spec = { ...past.spec, storage: { ...sizes, ...(now === undefined ? {} : { className: now }) } };
  Reflect.deleteProperty(spec, 'restartedAt');
  const last = present.spec.restartedAt;
  return { record: { ...past, spec: { ...spec, ...(last === undefined ? {} : { restartedAt: last }) } }, notes };
}

/** The record with the node ports that it had, or with the next free pair where somebody else has one of them now. */
export function fitToPorts(past: BotInstance, fleet: Fleet, known: PortsKnown): Fitted {
  const { nodePorts, ...spec } = past.spec;
  const taken = isOpen(past, fleet) && nodePorts !== undefined ? holdersOf(nodePorts, known.holders) : [];
  const record = withPorts(taken.length === 0 ? past : { ...past, spec }, fleet, () => known);
  if (taken.length === 0 || nodePorts === undefined) return { record, notes: [] };
  const { chrome, terminal } = record.spec.nodePorts ?? nodePorts;
  const note = `The node ports ${nodePorts.chrome} and ${nodePorts.terminal} are taken by ${taken.join(' and ')}: its screens get ${chrome} and ${terminal}.`;
  return { record, notes: [note] };
}

function holdersOf(
  { chrome, terminal }: NonNullable<BotInstance['spec']['nodePorts']>,
  holders: readonly PortHolder[],
): readonly string[] {
  return [...new Set(holders.filter(({ port }) => port === chrome || port === terminal).map(({ by }) => by))];
}
