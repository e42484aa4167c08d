import type { Rollout } from './find-rollout.ts';
import type { RolloutPhase } from './rollout-state.ts';
import type { RolloutCounts, RolloutStep } from './step-rollout.ts';

/** A rollout for whoever shows or steers it. */
export interface ShownRollout {
  /** The commit whose claworc.yaml goes through the fleet, and the one before. */
  readonly target: string;
  readonly from: string;
  readonly phase: Exclude<RolloutPhase, 'done'>;
  /** Why it stopped; empty otherwise. */
  readonly reason: string;
  /** The newest ring that has the change, 1 for the first. */
  readonly ring: number;
  /** How many bots each ring has. */
  readonly rings: readonly number[];
  /** Bots that have the change, by what became of them. */
  readonly counts: RolloutCounts;
  /** Bots that are unhealthy with it, by name. */
  readonly unhealthy: readonly string[];
  /** Bots that it has not come to. */
  readonly held: number;
  /** When the newest ring began, UTC ISO 8601. */
  readonly since: string;
  /** When the next ring begins if all stays as it is; null where that isn't a matter of time alone. */
  readonly nextAt: string | null;
  /** All of it, one sentence. */
  readonly sentence: string;
}

/** Null where it is over. */
export function showRollout({ state, rings, held }: Rollout, step: RolloutStep): ShownRollout | null {
  const { target, phase, reason, ring, since } = state;
  if (phase === 'done') return null;
  const { counts, unhealthy, nextAt } = step;
  const isSettling = phase === 'running' && counts.pending === 0 && nextAt !== null;
  const shown = {
    ...{ target, phase, reason, counts, unhealthy },
    from: state.from[0] ?? '',
    ring: ring + 1,
    rings: rings.map((members) => members.length),
    held: held.size,
    since: new Date(since).toISOString(),
    nextAt: isSettling ? new Date(nextAt).toISOString() : null,
  };
  return { ...shown, sentence: sentenceOf(shown) };
}

type Shown = Omit<ShownRollout, 'sentence'>;

function sentenceOf(shown: Shown): string {
  const { target, phase, reason, ring, rings } = shown;
  const what = `The rollout of ${target.slice(0, 7)}`;
  const place = `ring ${ring} of ${rings.length}`;
  const waiting = heldWords(shown.held);
  switch (phase) {
    case 'running':
      return `${what} is in ${place}: ${countWords(shown)}${waiting}`;
    case 'paused':
      return `${what} is paused in ${place}: ${countWords(shown)}${waiting}. To go on: \`claworc rollout resume\``;
    case 'stopped':
      return `${what} stopped in ${place}: ${reason}${waiting}. To go on all the same: \`claworc rollout resume\`; to go back: \`claworc rollout rollback\``;
  }
}

function countWords({ counts: { healthy, pending, unhealthy, excused } }: Shown): string {
  const parts = [
    `${healthy} healthy with it`,
    ...(pending === 0 ? [] : [`${pending} on the way`]),
    ...(unhealthy === 0 ? [] : [`${unhealthy} unhealthy`]),
    ...(excused === 0 ? [] : [`${excused} not counted, as they were unhealthy before or are left alone`]),
  ];
  return parts.join(', ');
}

const heldWords = (held: number): string =>
  held === 0 ? '' : held === 1 ? '; 1 bot keeps what it runs' : `; ${held} bots keep what they run`;
