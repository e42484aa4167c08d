import { amountsTogether } from '../../../constructs/repo/amounts.ts';
import type { Repo } from '../../../constructs/repo/repo.ts';
import type { Effect } from '../../http/schemas/effect.ts';

/** What the bots of a commit ask of a cluster together, as quantities. */
export function sumOf(repo: Pick<Repo, 'fleet' | 'records'>): Effect['resources']['before'] {
  const { cpu, memory, volumes } = amountsTogether(repo);
  return { cpu: formatCpu(cpu), memory: formatBytes(memory), volumes: formatBytes(volumes), bots: repo.records.size };
}

function formatCpu(thousandths: bigint): string {
  return thousandths % 1000n === 0n ? `${thousandths / 1000n}` : `${thousandths}m`;
}

/** Exact: the largest binary suffix that leaves a whole number. */
function formatBytes(thousandths: bigint): string {
  const bytes = (thousandths + 999n) / 1000n;
  if (bytes === 0n) return '0';
  for (const [index, suffix] of ['Ti', 'Gi', 'Mi', 'Ki'].entries()) {
    const factor = 1n << BigInt(40 - 10 * index);
    if (bytes % factor === 0n) return `${bytes / factor}${suffix}`;
  }
  return `${bytes}`;
}
