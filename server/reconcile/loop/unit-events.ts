import type { ShownRollout } from '../plan/rollout/shown-rollout.ts';
import type { UnitOutcome } from '../apply/outcome.ts';

/** What is told of a unit as a Kubernetes event. */
export interface UnitEvent {
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'Applied' | 'DriftCorrected' | 'Removed' | 'Conflict' | 'Failed' | 'Held' | 'Rollout';
  readonly note: string;
}

/** The API server takes 1,024 bytes. */
const MOST_BYTES = 1_000;

/** The events of one outcome: at most one of each reason. Words of an outcome hold no secret. Pure. */
export function eventsOf({ state, reason, results, wrote }: UnitOutcome, commit: string | null): readonly UnitEvent[] {
  const events: UnitEvent[] = [];
  const add = (type: UnitEvent['type'], why: UnitEvent['reason'], note: string): void =>
    void events.push({ type, reason: why, note: cut(note) });

  const corrected = results.filter((result) => result.corrected);
  if (corrected.length > 0) {
    const told = corrected.map(({ kind, name, fields, correctedFrom = [] }) => {
      const what = fields.length === 0 ? '' : `: ${fields.map(({ field }) => field).join(', ')}`;
      return `${kind} ${name}${what}${correctedFrom.length === 0 ? '' : ` (changed by ${correctedFrom.join(', ')})`}`;
    });
    add('Warning', 'DriftCorrected', `put right as main says: ${told.join('; ')}`);
  }
  const conflicts = results.flatMap((result) =>
    result.conflicts.map(({ manager, field }) => `${result.kind} ${result.name}: ${field} is held by ${manager}`),
  );
  if (conflicts.length > 0) add('Warning', 'Conflict', [...new Set(conflicts)].join('; '));
  const gone = results.filter(({ result }) => result === 'pruned' || result === 'retained');
  if (gone.length > 0) add('Normal', 'Removed', countOf(gone));
  if (state === 'held') add('Warning', 'Held', reason);
  else if (state === 'failed' && (conflicts.length === 0 || reason !== '')) add('Warning', 'Failed', reason);
  const written = results.filter(
    ({ result, corrected: isCorrected }) =>
      !isCorrected && (result === 'created' || result === 'configured' || result === 'replaced'),
  );
  if (wrote && state === 'done' && written.length > 0) {
    add('Normal', 'Applied', `${(commit ?? 'main').slice(0, 7)}: ${countOf(written)}`);
  }
  return events;
}

/** What is told of a unit that main holds something wrong of. */
export const heldEvent = (reason: string): UnitEvent => ({ type: 'Warning', reason: 'Held', note: cut(reason) });

/** What is told of the fleet where a change goes through it ring by ring. */
export const rolloutEvent = ({ phase, sentence }: ShownRollout): UnitEvent => ({
  type: phase === 'stopped' ? 'Warning' : 'Normal',
  reason: 'Rollout',
  note: cut(sentence),
});

function countOf(results: UnitOutcome['results']): string {
  const counts = new Map<string, number>();
  for (const { result } of results) counts.set(result, (counts.get(result) ?? 0) + 1);
  return [...counts].map(([result, count]) => `${count} ${count === 1 ? 'object' : 'objects'} ${result}`).join(', ');
}

/** Whole characters only. */
function cut(note: string): string {
  const text = note.toWellFormed();
  if (Buffer.byteLength(text) <= MOST_BYTES) return text;
  return `${new TextDecoder().decode(Buffer.from(text).subarray(0, MOST_BYTES - 4)).replace(/\ufffd+$/, '')}…`;
}
