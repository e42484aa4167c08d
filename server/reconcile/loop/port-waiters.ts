import type { UnitOutcome } from '../apply/outcome.ts';
import { nodePortsOf } from '../desired/node-ports.ts';
import type { LiveObject } from '../../cluster/live-object.ts';

/** Units whose Service waits for a node port that another unit of the fleet gives back. */
export interface PortWaiters {
  note(outcome: UnitOutcome): void;
  /** Units whose port is no longer with the Service that had it; each is named once. */
  release(): readonly string[];
}

/** Costs nothing while nothing waits. */
export function createPortWaiters(find: (kind: 'Service', name: string) => LiveObject | undefined): PortWaiters {
  const waiting = new Map<string, { readonly service: string; readonly port: number }>();
  return {
    note({ unit, results }) {
      const clash = results.find(({ result, clash: found }) => result === 'waiting' && found !== undefined)?.clash;
      if (clash === undefined || clash.holder === null) waiting.delete(unit);
      else waiting.set(unit, { service: clash.holder.name, port: clash.port });
    },
    release() {
      const released: string[] = [];
      for (const [unit, { service, port }] of waiting) {
        if (nodePortsOf(find('Service', service) ?? {}).includes(port)) continue;
        waiting.delete(unit);
        released.push(unit);
      }
      return released;
    },
  };
}
