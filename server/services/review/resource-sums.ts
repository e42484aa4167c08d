import { parseQuantity, VOLUMES, type Fleet } from '../../../constructs/schema/index.ts';
import type { RecordEntry, Repo } from '../../../constructs/repo/repo.ts';
import type { Effect } from '../../http/schemas/effect.ts';

type Sum = Effect['resources']['before'];

/** In thousandths, as `parseQuantity` gives them. */
interface Amounts {
  readonly cpu: bigint;
  readonly memory: bigint;
  readonly volumes: bigint;
}

const known = new WeakMap<RecordEntry, { readonly fleet: Fleet; readonly amounts: Amounts }>();

/** What the bots of a commit ask of a cluster together: CPU and memory of those that run, volumes of all. */
export function sumOf({ fleet, records }: Pick<Repo, 'fleet' | 'records'>): Sum {
  let [cpu, memory, volumes] = [0n, 0n, 0n];
  for (const entry of records.values()) {
    // Without a readable claworc.yaml nobody knows what a bot inherits, and none is applied.
    if (fleet === null) break;
    const amounts = amountsOf(entry, fleet);
    cpu += amounts.cpu;
    memory += amounts.memory;
    volumes += amounts.volumes;
  }
  return { cpu: formatCpu(cpu), memory: formatBytes(memory), volumes: formatBytes(volumes), bots: records.size };
}

function amountsOf(entry: RecordEntry, fleet: Fleet): Amounts {
  const found = known.get(entry);
  if (found?.fleet === fleet) return found.amounts;
  const { resources, storage, state } = entry.record.spec;
  const base = fleet.spec.resources.requests;
  const runs = state !== 'stopped';
  const amounts = {
    cpu: runs ? amount(resources?.requests?.cpu ?? base.cpu) : 0n,
    memory: runs ? amount(resources?.requests?.memory ?? base.memory) : 0n,
    volumes: VOLUMES.reduce((sum, volume) => sum + amount(storage[volume]), 0n),
  };
  known.set(entry, { fleet, amounts });
  return amounts;
}

const amount = (text: string): bigint => parseQuantity(text) ?? 0n;

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
