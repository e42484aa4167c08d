import { createHash } from 'node:crypto';
import type { LiveObject } from '../../../cluster/live-object.ts';

/**
 * On the fleet's ApplySet parent: how far a rollout is. It lies in the cluster, so that every reconciler and every
 * `claworc apply` goes on from the same place.
 */
export const ROLLOUT_ANNOTATION = 'claworc.dev/rollout';

/** `stopped`: by itself, as bots got unhealthy. `done`: every ring has the change. */
export type RolloutPhase = 'running' | 'paused' | 'stopped' | 'done';

export interface RolloutState {
  /** The commit whose claworc.yaml goes through the fleet. */
  readonly target: string;
  /** What bots that wait run, oldest first: the commit before, and targets of rollouts that this one took over from. */
  readonly from: readonly string[];
  /** The newest commit of main that this holds for: a later one changed nothing of claworc.yaml. */
  readonly main: string;
  readonly phase: RolloutPhase;
  /** Index of the newest ring that has the change. */
  readonly ring: number;
  /** When that ring began, ms since the epoch, whole seconds. */
  readonly since: number;
  /** Why it stopped, for people; empty otherwise. */
  readonly reason: string;
  /** Marks of bots that count for nothing: unhealthy before it began, or accepted so by a person. Sorted. */
  readonly excused: readonly string[];
}

/** Names of thousands of bots would not fit. */
export const markOfBot = (unit: string): string => createHash('sha256').update(unit).digest('hex').slice(0, 8);

export const writeRolloutState = (state: RolloutState): string =>
  JSON.stringify({ ...state, since: Math.floor(state.since / 1000), excused: state.excused.join('') });

const PHASES: ReadonlySet<unknown> = new Set<RolloutPhase>(['running', 'paused', 'stopped', 'done']);
const MOST_FROM = 8;

/** What anybody may have written there: text of another form is no rollout. */
export function readRolloutState(parent: LiveObject | undefined): RolloutState | undefined {
  const text = parent?.metadata.annotations?.[ROLLOUT_ANNOTATION];
  if (text === undefined || text.length > 200_000) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { target, from, main, phase, ring, since, reason, excused } = value as Record<string, unknown>;
  if (!isCommit(target) || !isCommit(main) || !isPhase(phase)) return undefined;
  if (!Array.isArray(from) || from.length === 0 || from.length > MOST_FROM || !from.every(isCommit)) return undefined;
  if (!isCount(ring) || !isCount(since) || typeof reason !== 'string' || reason.length > 2_000) return undefined;
  if (typeof excused !== 'string' || !/^([0-9a-f]{8})*$/.test(excused)) return undefined;
  return { target, from, main, phase, ring, since: since * 1000, reason, excused: excused.match(/.{8}/g) ?? [] };
}

/** The chain that a rollout takes over: what began it is kept, and of the rest the newest. */
export function takeOver({ from, target }: Pick<RolloutState, 'from' | 'target'>): readonly string[] {
  const chain = [...from.filter((commit) => commit !== target), target];
  return [...chain.slice(0, 1), ...chain.slice(1).slice(-(MOST_FROM - 1))];
}

const isPhase = (value: unknown): value is RolloutPhase => PHASES.has(value);
const isCommit = (value: unknown): value is string =>
  typeof value === 'string' && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(value);
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
