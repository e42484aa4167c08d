import { FLEET_PATH } from '../../../constructs/repo/index.ts';
import { readFleet } from '../../../constructs/repo/read-file.ts';
import type { DesiredSource } from './desired-source.ts';

/** Commits that are looked at; each costs the reading of a tree. */
const MOST = 50;

/**
 * The newest commit before `head`, on main's own line, that `look` finds sound; undefined where there is none among the
 * last ones. `head` itself is not looked at.
 */
export async function findSound<Found extends { readonly isSound: boolean; readonly repo?: object | null }>(
  source: Pick<DesiredSource, 'parentOf' | 'fileVersions'>,
  head: string,
  look: (commit: string) => Promise<Found>,
): Promise<Found | undefined> {
  let commit = await source.parentOf(head);
  for (let looked = 0; looked < MOST && commit !== null; looked += 1) {
    const found = await look(commit);
    if (found.isSound) return found;
    // What is wrong with the fleet is so in every commit back to the one that changed claworc.yaml.
    commit = await source.parentOf(found.repo === null ? commit : await breakingCommit(source, commit));
  }
  return undefined;
}

/** The commit with which claworc.yaml came to be broken as it is in `commit`. */
async function breakingCommit(source: Pick<DesiredSource, 'fileVersions'>, commit: string): Promise<string> {
  const { versions } = await source.fileVersions(commit, FLEET_PATH);
  const sound = versions.findIndex(({ bytes }) => bytes !== null && isSoundFleet(bytes));
  return versions[Math.max(0, sound - 1)]?.commit ?? commit;
}

function isSoundFleet(bytes: Uint8Array): boolean {
  const { parsed, leaks } = readFleet(FLEET_PATH, bytes);
  return parsed.ok && leaks.length === 0;
}
