import { recordPath } from '../../../constructs/repo/paths.ts';
import type { PortClash } from '../apply/port-clash.ts';
import type { UnitOutcome } from '../apply/outcome.ts';
import type { Trouble } from './trouble.ts';

/** What mends a node port that somebody else has; undefined where none clashed. */
export function portTrouble(
  outcome: UnitOutcome | undefined,
  unit: string,
): Pick<Trouble, 'next' | 'repair' | 'command'> | undefined {
  const clash = outcome?.results.find(({ result, clash: found }) => result === 'failed' && found !== undefined)?.clash;
  if (clash === undefined) return undefined;
  return { next: nextOf(clash, unit), repair: 'ports', ...(clash.holder && { command: lookAt(clash.holder) }) };
}

function nextOf({ port, free }: PortClash, unit: string): string {
  const otherwise = `or let its holder give ${port} back`;
  if (free === null) return `Use the proxy for this bot, ${otherwise}: no other pair is free.`;
  const { chrome, terminal } = free;
  const fields = `spec.nodePorts.chrome ${chrome} and spec.nodePorts.terminal ${terminal} in ${recordPath(unit)}`;
  return `Give it the pair ${chrome} and ${terminal}, here or in its record (${fields}), ${otherwise}.`;
}

const lookAt = ({ namespace, name }: NonNullable<PortClash['holder']>): string =>
  `kubectl -n ${namespace} get service ${name}`;
