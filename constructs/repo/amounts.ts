import { parseQuantity, VOLUMES, type Fleet } from '../schema/index.ts';
import type { RecordEntry, Repo } from './repo.ts';

/** In thousandths, as `parseQuantity` gives them. */
export interface Amounts {
  readonly cpu: bigint;
  readonly memory: bigint;
  readonly volumes: bigint;
}

const known = new WeakMap<RecordEntry, { readonly fleet: Fleet; readonly amounts: Amounts }>();

/** What the bots of a commit ask of a cluster together: requests of CPU and memory of those that run, volumes of all. */
export function amountsTogether({ fleet, records }: Pick<Repo, 'fleet' | 'records'>): Amounts {
  let [cpu, memory, volumes] = [0n, 0n, 0n];
  for (const entry of records.values()) {
    // Without a readable claworc.yaml nobody knows what a bot inherits, and none is applied.
    if (fleet === null) break;
    const amounts = amountsOf(entry, fleet);
    cpu += amounts.cpu;
    memory += amounts.memory;
    volumes += amounts.volumes;
  }
  return { cpu, memory, volumes };
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
