import type { DesiredState, DesiredUnit } from '../desired/desired-state.ts';

/** What main says of the fleet's node ports. */
export interface PortsOnMain {
  /** Ports that a record names, by unit. */
  readonly ports: ReadonlyMap<string, readonly number[]>;
  /** Undefined for a unit that main says nothing of. */
  readonly stateOf: (unit: string) => DesiredUnit['state'] | undefined;
}

export const NO_PORTS_ON_MAIN: PortsOnMain = { ports: new Map(), stateOf: () => undefined };

export const portsOnMain = ({ nodePorts, units }: Pick<DesiredState, 'nodePorts' | 'units'>): PortsOnMain => ({
  ports: nodePorts,
  stateOf: (unit) => units.get(unit)?.state,
});

/** True where main has taken a port from the unit whose Service has it: that unit's own turn frees it. A unit that is held has none. */
export function isGivingBack(unit: string, port: number, { ports, stateOf }: PortsOnMain): boolean {
  const state = stateOf(unit);
  return state === 'removed' || (state === 'present' && ports.get(unit)?.includes(port) !== true);
}

/**
 * Those of a unit's live ports that main gives to another. Whoever can't have its new ports yet gives these back first:
 * bots that swap would wait for each other, and one that can't have its new pair would hold up the one that gets its old.
 */
export function portsOfOthers(held: readonly number[], unit: string, { ports }: PortsOnMain): readonly number[] {
  const taken = new Set([...ports].flatMap(([other, theirs]) => (other === unit ? [] : theirs)));
  return held.filter((port) => taken.has(port));
}
