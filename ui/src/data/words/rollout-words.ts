import type { RolloutStateBody } from '../../../../server/http/schemas/rollout.ts';
import { count } from './format.ts';

/** How a ring stands: it had its time with the change, has it since lately, or waits for it. */
export type RingStanding = 'done' | 'now' | 'waits';

export interface RingSeen {
  /** 1 for the first. */
  readonly number: number;
  readonly bots: number;
  readonly standing: RingStanding;
}

export const ringsOf = ({ ring, rings }: Pick<RolloutStateBody, 'ring' | 'rings'>): readonly RingSeen[] =>
  rings.map((bots, at) => ({
    number: at + 1,
    bots,
    standing: at + 1 < ring ? 'done' : at + 1 === ring ? 'now' : 'waits',
  }));

export const RING_WORDS: Readonly<Record<RingStanding, string>> = {
  done: 'has the change',
  now: 'got the change last',
  waits: 'keeps what it runs',
};

export const PHASE_WORDS: Readonly<Record<RolloutStateBody['phase'], string>> = {
  running: 'Goes on by itself',
  paused: 'Paused',
  stopped: 'Stopped by itself',
};

/** `3 healthy with it, 1 on its way; 16 bots keep what they run`. */
export function rolloutCounts({ healthy, pending, unhealthy, excused, held }: RolloutStateBody): string {
  const parts = [
    `${count(healthy, 'bot')} healthy with it`,
    ...(pending === 0 ? [] : [`${pending} on the way`]),
    ...(unhealthy.length === 0 ? [] : [`${unhealthy.length} unhealthy`]),
    ...(excused === 0 ? [] : [`${excused} not counted`]),
  ];
  const rest = held === 0 ? '' : `; ${count(held, 'bot keeps what it runs', 'bots keep what they run')}`;
  return `${parts.join(', ')}${rest}`;
}
