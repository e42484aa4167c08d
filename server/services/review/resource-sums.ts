import { formatBytes, formatCpu } from '../../../constructs/format-amounts.ts';
import { amountsTogether } from '../../../constructs/repo/amounts.ts';
import { isUnread, type Repo } from '../../../constructs/repo/repo.ts';
import type { Effect } from '../../http/schemas/effect.ts';

type Sources = Pick<Repo, 'fleet' | 'records' | 'claimed'>;

/**
 * What the bots of two commits ask of a cluster together, as quantities. A bot that is `held` at `after` lives on as it was;
 * so does one whose record could not be read at `before`, of which the next that can be read tells.
 */
export function sumsOf(before: Sources, after: Sources, held: ReadonlySet<string>): Effect['resources'] {
  const unread = [...after.records].filter(([unit]) => isUnread(before, unit));
  const was = { fleet: before.fleet, records: new Map([...before.records, ...unread]) };
  // Without a claworc.yaml that can be read every bot is held.
  if (after.fleet === null) return { before: sumOf(was), after: sumOf(was) };
  const records = new Map(after.records);
  for (const unit of held) {
    const entry = was.records.get(unit);
    if (entry === undefined) records.delete(unit);
    else records.set(unit, entry);
  }
  return { before: sumOf(was), after: sumOf({ fleet: after.fleet, records }) };
}

function sumOf(repo: Pick<Repo, 'fleet' | 'records'>): Effect['resources']['before'] {
  const { cpu, memory, volumes } = amountsTogether(repo);
  return { cpu: formatCpu(cpu), memory: formatBytes(memory), volumes: formatBytes(volumes), bots: repo.records.size };
}
