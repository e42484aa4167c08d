import type { Fight } from '../../reconcile/status/observed.ts';
import { addAudit, type AuditRow } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';

/** One that begins again so soon after the last is the same fight. */
const SAME_FIGHT_MS = 30 * 60_000;

/** Tells each fight over an object once, however long it goes on. */
export function createFightKeeper({
  store,
  cluster,
  clock,
}: Pick<AppContext, 'store' | 'cluster' | 'clock'>): (units: Iterable<string>) => void {
  /** When each object that was told of rested last, ms since the epoch. */
  const told = new Map<string, number>();

  return (units) => {
    const now = clock.now();
    const rows: Omit<AuditRow, 'id'>[] = [];
    for (const unit of units) {
      for (const fight of cluster.observed.unit(unit)?.fights ?? []) {
        const key = `${fight.kind}/${fight.name}`;
        const before = told.get(key);
        told.set(key, Date.parse(fight.goesOnAt));
        if (before !== undefined && now < before + SAME_FIGHT_MS) continue;
        rows.push(rowOf(unit, fight, new Date(now).toISOString()));
      }
    }
    if (rows.length > 0) store.transact((tx) => rows.forEach((row) => addAudit(tx, row)));
  };
}

function rowOf(unit: string, { kind, name, count, managers, goesOnAt }: Fight, at: string): Omit<AuditRow, 'id'> {
  const who = managers.length === 0 ? 'something that the cluster does not name' : managers.join(', ');
  const detail = `${kind} ${name} was put right ${count} times in 10 minutes, and each time ${who} undid it: it rests until ${goesOnAt}`;
  return { at, actor: 'Claworc', action: 'fight', subject: unit, editId: null, detail };
}
