import type { LogLine } from './log-lines.ts';

/** Where in a log a reader is, so that it can go on after a cut. */
export interface LogPosition {
  /** For `sinceTime`: the whole second of the newest line, undefined before the first. */
  since(): string | undefined;
  /** To be called when reading starts again at `since()`. */
  rewind(): void;
  /** False for a line that was given before the cut. */
  isNew(line: LogLine): boolean;
}

/**
 * `sinceTime` counts in whole seconds (the API server cuts fractions off), so the second of the newest line comes
 * again. A log only grows, so the lines of one time come in the same order: as many of them are skipped as were given.
 */
export function createLogPosition(): LogPosition {
  let second: string | undefined;
  /** Lines given in that second, by their exact time. */
  let given = new Map<string, number>();
  let toSkip = new Map<string, number>();

  const skips = (at: string): boolean => {
    const count = toSkip.get(at) ?? 0;
    toSkip.set(at, count - 1);
    return count > 0;
  };

  return {
    since: () => second,
    rewind() {
      toSkip = new Map(given);
    },
    isNew({ at }) {
      if (at === null) return true;
      if (toSkip.size > 0 && skips(at)) return false;
      const itsSecond = `${at.slice(0, 19)}Z`;
      if (second === undefined || itsSecond > second) {
        second = itsSecond;
        given = new Map();
      }
      // A line from before, by a clock that was set back: `sinceTime` won't bring it again.
      if (itsSecond === second) given.set(at, (given.get(at) ?? 0) + 1);
      return true;
    },
  };
}
