import { createSnapshots, type Snapshots } from '../../git/snapshots.ts';
import { createDesiredReader } from './desired.ts';
import { createRenderings, type Renderings } from './renderings.ts';
import type { DesiredState } from './desired-state.ts';
import type { DesiredSource } from './desired-source.ts';

export interface MainReader {
  /** What main wants now; the very same value while main has not moved. Null before its first commit. */
  read(): Promise<DesiredState | null>;
}

/** `snapshots` and `renderings` of the same repository save a second reading and rendering of each commit. */
export function createMainReader(
  source: DesiredSource,
  snapshots: Pick<Snapshots, 'at'> = createSnapshots(source),
  renderings: Renderings = createRenderings(),
): MainReader {
  const reader = createDesiredReader({ renderings });
  let known: DesiredState | null = null;
  return {
    async read() {
      const head = await source.head();
      if (head === null || head === known?.commit) return known;
      const { repo, refused } = await snapshots.at(head);
      const desired = await reader.read(head, repo);
      const [first] = refused;
      known =
        first === undefined
          ? desired
          : { ...desired, complete: { allowed: false, reason: `${first.path} was not read: ${first.reason}` } };
      return known;
    },
  };
}
