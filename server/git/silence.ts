/** Reads what is on this disk: a second is long. */
const READING_MS = 60_000;
/** Brings every object and ref to the disk, which may be a slow one on the network. */
const WRITING_MS = 180_000;
/** Goes through the whole repository without a word. */
const UPKEEP_MS = 1_800_000;

const LIMITS: Readonly<Record<string, number>> = {
  'fast-import': WRITING_MS,
  'update-ref': WRITING_MS,
  init: WRITING_MS,
  bundle: UPKEEP_MS,
  'commit-graph': UPKEEP_MS,
  'pack-refs': UPKEEP_MS,
  prune: UPKEEP_MS,
  repack: UPKEEP_MS,
};

/**
 * After how many milliseconds without a word a git is ended: a file that was swapped for a pipe, a disk that is gone or a
 * damaged pack must not hold up everything that comes after.
 */
export function silenceOf(verb: string): number {
  return LIMITS[verb] ?? READING_MS;
}
