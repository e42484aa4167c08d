import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { PublisherState } from './publisher.ts';

type Main = Snapshot & { readonly commit: string };

/** Work that waits for its turn between two edits. */
export interface TurnJobs {
  add<T>(work: (main: Main) => Promise<T>): Promise<T>;
  /** Does the oldest of it; false where there is none. What it throws is told to whoever added it. */
  runNext(main: Snapshot): Promise<boolean>;
  /** Gives up what waits where main can't be written, or `isOver`: nothing comes to it. */
  refuse(state: PublisherState, isOver?: boolean): void;
}

interface Job {
  run(main: Main): Promise<void>;
  refuse(error: ClaworcError): void;
}

export function createTurnJobs(): TurnJobs {
  const waiting: Job[] = [];
  return {
    add: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ run: (main) => work(main).then(resolve, reject), refuse: reject });
      }),
    runNext: async (main) => {
      const { commit } = main;
      const job = waiting.shift();
      if (job === undefined) return false;
      if (commit === null) {
        job.refuse(new ClaworcError('conflict', 'Main has no commit yet.'));
        return true;
      }
      await job.run({ ...main, commit });
      return true;
    },
    refuse: (state, isOver = false) => {
      if (waiting.length === 0 || (state.state === 'following' && !isOver)) return;
      const detail = state.state === 'following' ? 'This server is being stopped.' : state.detail;
      const error = new ClaworcError('git_unreachable', detail, { retryable: true });
      for (const job of waiting.splice(0)) job.refuse(error);
    },
  };
}
