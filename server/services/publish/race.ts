import { setTimeout as delay } from 'node:timers/promises';
import { withEntries } from '../../../constructs/repo/layered-map.ts';
import { placeOf } from '../../../constructs/repo/paths.ts';
import type { CommitRequest } from '../../git/fast-import.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Snapshot, Snapshots } from '../../git/read/snapshots.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Failpoint } from '../../lib/failpoint.ts';
import { affectedUnits } from './affected-units.ts';
import type { PushGate } from './push-gate.ts';

/** What others put on main since it was imported. */
export interface Ahead {
  /** Main as it is now, but for dist/ of `touched`. */
  readonly main: Snapshot & { readonly commit: string };
  /** Units that others changed. */
  readonly touched: ReadonlySet<string>;
}

/** Makes what is to be on main on top of it; undefined where that can't be told before all of main is imported. */
export type MakeOnTop = (ahead: Ahead) => Promise<CommitRequest | undefined>;

export interface Race {
  /** Notes that somebody was faster, and pauses for a moment. */
  lose(): Promise<void>;
  /** Notes that main has what we made. */
  win(): void;
  /** Whether somebody was faster, and nothing of ours got through since. */
  isLost(): boolean;
  /** Whether others write to main as often as we do, so that what was imported is old by the time it is built upon. */
  isOn(): boolean;
  /**
   * Tries to put something on main before it is imported, since everything that is done between a look at main and a push
   * is a chance for others. True when main has it; the import that follows finds it there.
   */
  run(imported: Snapshot, make: MakeOnTop, signal: AbortSignal): Promise<boolean>;
}

/** So long after a lost race main is still looked at before anything is built on it. */
const CONTENDED_MS = 5_000;
/** Then others have their turn: what waits for main to be imported, and whoever merges. */
const LONGEST_MS = 5_000;
/** The pause after the first lost race, in tries. It shrinks with each further one, so that who waits longest is most persistent. */
const PAUSE = 3;
/** The same where no other server was seen: two loops of the same length would meet in the same way for ever. */
const SPREAD = 0.3;
/** The pause of who has just won, in tries: room for those who lost against it. */
const COURTESY = 3;

const isInput = (path: string): boolean => !['manifest', 'other'].includes(placeOf(path).kind);

export function createRace(deps: {
  readonly repository: Pick<GitRepository, 'commit' | 'news' | 'next'>;
  readonly snapshots: Pick<Snapshots, 'derive'>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly failpoint: Failpoint;
  /** Of pushes to this very repository. */
  readonly gate: Pick<PushGate, 'close' | 'open'>;
}): Race {
  const { repository, snapshots, clock, random, failpoint, gate } = deps;
  let losses = 0;
  let lostAt = -Infinity;
  let rivalAt = -Infinity;
  let hasWon = false;
  /** How long a try takes, in milliseconds. */
  let tryMs = 50;

  /** `before` with what others put on main since; undefined where only a look at the whole of main can tell. */
  const lookAhead = async (before: Ahead): Promise<Ahead | undefined> => {
    const { main, touched } = before;
    const head = await repository.next();
    if (head === main.commit) return before;
    const news = head === null ? undefined : await repository.news(main.commit, head, isInput);
    if (head === null || news === undefined) return undefined;
    if (news.isOfServers) rivalAt = clock.now();
    const { all, wholeFleet } = await affectedUnits(main.repo, news.paths);
    if (wholeFleet) return undefined;
    const changes = new Map(news.paths.filter(isInput).map((path) => [path, news.contents.get(path)]));
    const next = snapshots.derive(main, withEntries(main.files, changes));
    return { main: { ...next, commit: head }, touched: new Set([...touched, ...all]) };
  };

  const lose = async (): Promise<void> => {
    gate.close();
    losses += 1;
    lostAt = clock.now();
    hasWon = false;
    // Other servers pause too, so that each has its turn; a person who never does leaves no better moment than the next one.
    const tries = clock.now() - rivalAt < CONTENDED_MS ? PAUSE / losses : SPREAD;
    await delay(random() * tryMs * tries);
  };
  const win = (): void => {
    gate.open();
    losses = 0;
    hasWon = true;
  };
  const isOn = (): boolean => clock.now() - lostAt < CONTENDED_MS;

  return {
    lose,
    win,
    isLost: () => losses > 0,
    isOn,
    run: async (imported, make, signal) => {
      // Whose signatures main takes, and whether what others pushed has them, only a whole look can tell.
      if (imported.commit === null || imported.signing.policy !== null) return false;
      if (hasWon && isOn()) await delay(random() * tryMs * COURTESY, undefined, { signal }).catch(() => undefined);
      const until = clock.now() + LONGEST_MS;
      let ahead: Ahead | undefined = { main: { ...imported, commit: imported.commit }, touched: new Set() };
      while (!signal.aborted) {
        const began = clock.now();
        ahead = await lookAhead(ahead);
        const request = ahead === undefined ? undefined : await make(ahead);
        if (ahead === undefined || request === undefined) return false;
        failpoint('race-prepared');
        const written = await repository.commit(request);
        tryMs = clock.now() - began;
        if (written.ok) {
          failpoint('race-won');
          win();
          return true;
        }
        await lose();
        if (clock.now() > until) return false;
      }
      return false;
    },
  };
}
