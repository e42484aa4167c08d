import type { DataFate } from '../../../../constructs/schema/index.ts';
import type { RemovalKind, RemovalWait } from './gate.ts';
import type { RemovalVerdict } from './weigh.ts';
import { approvalSentence } from './words.ts';

/** Removals that don't begin now, for whoever shows or approves them. */
export interface PendingRemovals {
  readonly commit: string;
  /** What an approval has to name; null where nothing waits for one. */
  readonly hash: string | null;
  /** How many bots this step of main would remove, and how many it may. */
  readonly count: number;
  readonly limit: number;
  /** What waits for an approval, one sentence with the command that gives it; null where nothing does. */
  readonly sentence: string | null;
  readonly removals: readonly PendingRemoval[];
}

export interface PendingRemoval {
  readonly unit: string;
  readonly kind: RemovalKind;
  readonly data: DataFate;
  readonly wait: RemovalWait;
  /** When it may begin by itself, UTC ISO 8601; null where that isn't a matter of time. */
  readonly until: string | null;
}

/** Null where nothing waits. */
export function pendingRemovals(verdict: RemovalVerdict): PendingRemovals | null {
  const { commit, hash, count, limit, waiting } = verdict;
  if (waiting.length === 0) return null;
  const removals = waiting.map(({ removal: { unit, kind, data }, wait, until }) => ({
    ...{ unit, kind, data, wait },
    until: until === null ? null : new Date(until).toISOString(),
  }));
  return { commit, hash, count, limit, sentence: approvalSentence(verdict), removals };
}
