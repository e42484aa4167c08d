import { readRepo } from '../../../constructs/repo/index.ts';
import { readAllAhead } from '../../lib/read-ahead.ts';
import { createDesiredReader } from './desired.ts';
import type { DesiredState } from './desired-state.ts';
import type { DesiredSource } from './desired-source.ts';

export interface MainReader {
  /** What main wants now; the very same value while main has not moved. Null before its first commit. */
  read(): Promise<DesiredState | null>;
}

export function createMainReader(source: DesiredSource): MainReader {
  const reader = createDesiredReader();
  let known: DesiredState | null = null;
  return {
    async read() {
      const head = await source.head();
      if (head === null || head === known?.commit) return known;
      const { files, refused } = await source.readFiles(head);
      await readAllAhead(files);
      const desired = await reader.read(head, readRepo(files));
      const [first] = refused;
      known =
        first === undefined
          ? desired
          : { ...desired, complete: { allowed: false, reason: `${first.path} was not read: ${first.reason}` } };
      return known;
    },
  };
}
