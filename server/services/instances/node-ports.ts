import { lowestFreePortPair } from '../../../constructs/new-documents.ts';
import type { BotInstance, Fleet, NodePorts } from '../../../constructs/schema/index.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { EditedInstance } from './edited.ts';

/**
 * The record with a pair of ports exactly when its screens are exposed: the one it has, else the lowest that none of
 * `taken` has. Throws `ports_used_up`.
 */
export function withPorts(record: BotInstance, fleet: Fleet, taken: readonly NodePorts[]): BotInstance {
  const { nodePorts, ...spec } = record.spec;
  if ((spec.exposure ?? fleet.spec.exposure) === 'proxy') return { ...record, spec };
  if (nodePorts !== undefined) return record;
  const free = lowestFreePortPair(taken);
  if (free === undefined) {
    throw new ClaworcError('ports_used_up', 'All 50 pairs of node ports are in use: delete a bot or use the proxy.', {
      field: 'vnc_exposure',
    });
  }
  return { ...record, spec: { ...spec, nodePorts: free } };
}

/** The pairs that the bots of the fleet have, drafts included; without the one of `except`. */
export function takenPorts(instances: readonly EditedInstance[], except?: string): NodePorts[] {
  return instances.flatMap(({ row, record }) =>
    row.name === except || record.spec.nodePorts === undefined ? [] : [record.spec.nodePorts],
  );
}
