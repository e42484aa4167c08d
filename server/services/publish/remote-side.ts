import type { Mirror, MirrorStanding } from '../../git/remote/mirror.ts';
import { troubleOf } from '../../git/remote/errors.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { PublishMode } from '../proposals/main-takes.ts';
import type { PublisherState, RemoteStanding } from './publisher.ts';

/** Between two questions to a remote that failed, in milliseconds. */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 300_000;
/** A person who clicks again and again is heard, but not more often. */
const MIN_GAP_MS = 250;

/** When the remote is asked, and what it is known to be like. */
export interface RemoteSide {
  /** Asks the remote if it is time to, or `now`. False while nothing may be published. */
  follow(signal: AbortSignal, now?: boolean): Promise<boolean>;
  /**
   * Asks for the branches beside main after main was asked for, in the background; `onMoved` is told when one moved here.
   * What ends it is `signal`; wait for `idle` then.
   */
  followBranches(signal: AbortSignal, onMoved: () => void): void;
  idle(): Promise<void>;
  /** Milliseconds until it is time; `wanted` lets it be now. */
  dueIn(): number;
  /** Lets the next `follow` ask whatever the clock says. */
  want(): void;
  /** How often the remote was asked for main until now. */
  asked(): number;
  /** Notes a failure of a push; false for an error that is not the remote's. */
  noteFailure(error: unknown): boolean;
  /** What stands in the way, given what is so here; undefined where nothing does. */
  obstacle(head: string | null): PublisherState | undefined;
  standing(): RemoteStanding;
}

export function createRemoteSide(options: {
  readonly mirror: Mirror;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly pollMs: number;
  readonly log: Log;
  /** How changes come to main. @default not asked */
  readonly publishMode?: () => PublishMode;
}): RemoteSide {
  const { mirror, clock, random, pollMs, log, publishMode = () => 'direct' } = options;
  let standing: MirrorStanding | undefined;
  let lastSeen: string | null = null;
  let failures = 0;
  let askedAt = -Infinity;
  let asked = 0;
  let isWanted = true;
  let branchesAskedAt = -Infinity;
  let branchTrouble = '';
  let branching: Promise<void> | undefined;

  const settle = (next: MirrorStanding): void => {
    standing = next;
    if (next.state === 'trouble') failures += 1;
    else {
      failures = 0;
      lastSeen = isoSeconds(clock);
    }
    wait = pause();
  };
  /** Spread, so that many servers of one forge don't ask in one moment. */
  const pause = (): number => {
    const base = failures === 0 ? pollMs : Math.min(FIRST_BACKOFF_MS * 2 ** (failures - 1), MAX_BACKOFF_MS);
    return base * (0.8 + 0.4 * random());
  };
  let wait = pause();

  const dueIn = (): number => Math.max(0, askedAt + (isWanted ? MIN_GAP_MS : wait) - clock.now());
  return {
    follow: async (signal, now = false) => {
      if (now || dueIn() === 0) {
        isWanted = false;
        askedAt = clock.now();
        asked += 1;
        settle(await mirror.pull(signal));
      }
      return standing?.state === 'same';
    },
    followBranches: (signal, onMoved) => {
      if (branching !== undefined || branchesAskedAt === askedAt || standing?.state !== 'same') return;
      branchesAskedAt = askedAt;
      branching = mirror
        .pullBranches(signal)
        .then(({ isMoved, trouble }) => {
          if (trouble !== '' && trouble !== branchTrouble && !signal.aborted) log.warn(trouble);
          branchTrouble = trouble;
          if (isMoved) onMoved();
        })
        .catch((error: unknown) => log.warn('Branches of the remote could not be had', { error: messageOf(error) }))
        .finally(() => {
          branching = undefined;
        });
    },
    idle: async () => branching,
    dueIn,
    want: () => {
      isWanted = true;
    },
    asked: () => asked,
    noteFailure: (error) => {
      const trouble = troubleOf(error);
      if (trouble === undefined) return false;
      askedAt = clock.now();
      settle({ state: 'trouble', trouble, detail: messageOf(error) });
      return true;
    },
    obstacle: (head) => (standing === undefined ? undefined : obstacle(standing, mirror.remote, head, publishMode())),
    standing: () => ({ ...mirror.remote, lastSeen, branchTrouble }),
  };
}

const GOES_ON = 'Edits are kept as drafts, and what was published before goes on being applied.';

const OF_PROTECTED: Readonly<Record<PublishMode, string>> = {
  direct:
    'Allow this account to push, or let main take changes by proposals alone (`publish: propose` in claworc.yaml).',
  propose:
    'Main takes changes by proposals already, which are merged there; what the server itself puts on main, renderings and stops, needs an account that may push.',
};

/** What a remote is like that nothing can be published to; undefined for one that is as main is here. */
export function obstacle(
  standing: MirrorStanding,
  { url, branch }: Mirror['remote'],
  head: string | null,
  mode: PublishMode = 'direct',
): PublisherState | undefined {
  switch (standing.state) {
    case 'same':
      return undefined;
    case 'trouble': {
      const { trouble, detail } = standing;
      const advice = trouble === 'protected' ? ` ${OF_PROTECTED[mode]}` : '';
      return { state: 'remote', trouble, head, detail: `${detail}.${advice} ${GOES_ON}` };
    }
    case 'branch_gone':
      return {
        state: 'remote',
        trouble: 'branch_gone',
        head,
        detail: `${url} has no branch ${branch} any more. Put it back there, or let Claworc push what it has. ${GOES_ON}`,
      };
    case 'rewritten':
    case 'unrelated': {
      const { ours, theirs } = standing;
      const now = `${branch} of ${url} is at ${String(theirs).slice(0, 8)} now`;
      const what =
        standing.state === 'rewritten'
          ? `The history of main was rewritten: ${now}, and ${ours.slice(0, 8)} is not in it any more.`
          : `${now}, which has another history than main here (${ours.slice(0, 8)}).`;
      return {
        state: 'rewritten',
        head: theirs,
        imported: ours,
        detail: `${what} Nothing is published until a person puts that right there, or accepts the new head. ${GOES_ON}`,
      };
    }
  }
}
