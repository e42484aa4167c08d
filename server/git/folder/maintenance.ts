import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Git } from '../client.ts';

/** How many objects and packs a repository keeps side by side. */
export interface Scatter {
  /** An estimate from one of the 256 folders, as git's own. */
  readonly loose: number;
  readonly packs: number;
}

export interface ConsolidateOptions {
  readonly whole: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly signal?: AbortSignal;
}

export interface Maintenance {
  /** Costs the reading of two folders, whatever the size of the repository. */
  scatter(): Promise<Scatter>;
  /**
   * Puts loose objects and small packs together, while others read and write; `whole`: also lets go of what no branch has
   * had for two weeks. Every step leaves a sound repository, so it may be ended at any moment.
   */
  consolidate(options: ConsolidateOptions): Promise<void>;
}

const KEPT = '2.weeks.ago';
const DAY_MS = 86_400_000;
const PACK = /^pack-[0-9a-f]+\.pack$/;
/** What `git repack` writes before it gives it its name; only the process that made it would take it away. */
const UNFINISHED = /^\.tmp-\d+-pack-/;

/** `git gc` would do the same in one go, with locks that others wait for, and by the settings of the repository. */
export function createMaintenance(git: Git, commonFolder: string): Maintenance {
  const objects = join(commonFolder, 'objects');
  const sweepUnfinished = async (now: number): Promise<void> => {
    const folder = join(objects, 'pack');
    for (const name of (await namesIn(folder)).filter((each) => UNFINISHED.test(each))) {
      const found = await stat(join(folder, name)).catch(() => undefined);
      if (found !== undefined && now - found.mtimeMs > DAY_MS) await rm(join(folder, name), { force: true });
    }
  };
  return {
    scatter: async () => {
      const [some, packs] = await Promise.all([namesIn(join(objects, '17')), namesIn(join(objects, 'pack'))]);
      return { loose: some.length * 256, packs: packs.filter((name) => PACK.test(name)).length };
    },
    consolidate: async ({ whole, now, signal }) => {
      const options = signal === undefined ? {} : { signal };
      await sweepUnfinished(now);
      // Objects that nothing leads to yet may be those of a commit that is being made.
      const how = whole ? ['-A', `--unpack-unreachable=${KEPT}`] : ['--geometric=2'];
      await git.text(['repack', '-d', '-l', '-q', '--threads=1', ...how], options);
      if (whole) {
        await git.text(['prune', `--expire=${KEPT}`], options);
        await git.text(['pack-refs', '--all', '--prune'], options);
      }
      await git.text(['commit-graph', 'write', '--reachable', '--no-progress'], options);
    },
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => []);
}
