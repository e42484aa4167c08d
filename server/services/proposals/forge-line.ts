import { setTimeout as delay } from 'node:timers/promises';
import type { Forge, PullRequest } from '../../forge/forge.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import { hasEnded } from '../../lib/has-ended.ts';
import { forgeRound, type ForgeRoundDeps, type KnownPull, type KnownPulls } from './forge-round.ts';

/** The forge that main's remote lies on, followed. */
export interface ForgeLine {
  readonly forge: Forge;
  /** For people: `github.com/owner/name`. */
  readonly title: string;
  /** The pull request of a proposal as the forge told it last; undefined before it was asked. */
  pullOf(proposal: number): KnownPull | undefined;
  /** Why a proposal is not as it should be over there, in words; empty where it is, as far as is known. */
  troubleOf(proposal: number): string;
  /** Open pull requests of forks, as the forge told them last. */
  forks(): readonly PullRequest[];
  /** Why the forge can't be asked now, and when it is asked again; empty where it answers. */
  trouble(): string;
  /** Asks it now, or as soon as it takes questions. */
  wake(): void;
  /** Asks it now and then until aborted. Call once. */
  run(signal: AbortSignal): Promise<void>;
}

export interface ForgeLineDeps extends ForgeRoundDeps {
  /** From 0 to 1; spreads the questions of many servers. */
  readonly random: () => number;
  /** Between two looks where nothing was heard, in milliseconds. @default 60 s */
  readonly pollMs?: number;
  /** Told when `trouble` changed. */
  readonly onTrouble: () => void;
}

const POLL_MS = 60_000;
const MIN_GAP_MS = 500;
const FIRST_BACKOFF_MS = 2_000;
const MAX_BACKOFF_MS = 600_000;

export function createForgeLine(deps: ForgeLineDeps): ForgeLine {
  const { forge, title, clock, log, random, pollMs = POLL_MS, onTrouble } = deps;
  const known: KnownPulls = { states: new Map(), troubles: new Map(), described: new Map(), forks: [] };
  let trouble = '';
  let failures = 0;
  /** A rate limit, before whose end nobody may ask. */
  let until = 0;
  let isWanted = true;
  let rouse = (): void => undefined;

  const setTrouble = (words: string): void => {
    if (words === trouble) return;
    trouble = words;
    if (words === '') log.info('The forge answers again', { forge: title });
    else log.warn(words);
    onTrouble();
  };

  const pauseAfter = (error: unknown): number => {
    if (error === undefined) {
      failures = 0;
      return pollMs * (0.8 + 0.4 * random());
    }
    failures += 1;
    const told = error instanceof ClaworcError ? error.body.until : undefined;
    until = typeof told === 'string' ? Date.parse(told) : 0;
    const backoff = Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS) * (0.8 + 0.4 * random());
    return Math.max(backoff, until - clock.now());
  };

  /** Until it is wanted and allowed, the end of `ms`, or the abort. */
  const rest = async (ms: number, signal: AbortSignal): Promise<void> => {
    const least = Math.max(MIN_GAP_MS, until - clock.now());
    await delay(Math.min(least, ms), undefined, { signal }).catch(() => undefined);
    if (isWanted || hasEnded(signal) || ms <= least) return;
    const roused = new AbortController();
    rouse = () => roused.abort();
    const either = AbortSignal.any([roused.signal, signal]);
    await delay(ms - least, undefined, { signal: either }).catch(() => undefined);
  };

  return {
    forge,
    title,
    pullOf: (proposal) => known.states.get(proposal),
    troubleOf: (proposal) => known.troubles.get(proposal) ?? '',
    forks: () => known.forks,
    trouble: () => trouble,
    wake: () => {
      isWanted = true;
      rouse();
    },
    run: async (signal) => {
      while (!hasEnded(signal)) {
        isWanted = false;
        const error = await forgeRound(deps, known, signal).then(
          () => undefined,
          (reason: unknown) => reason ?? new Error('no reason'),
        );
        if (hasEnded(signal)) return;
        const ms = pauseAfter(error);
        const goesOn = 'Edits are kept and go to their branches; pull requests follow when it answers.';
        setTrouble(error === undefined ? '' : `${messageOf(error)}. ${goesOn}`);
        await rest(ms, signal);
      }
    },
  };
}
