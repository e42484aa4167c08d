import { FLEET_PATH, placeOf, recordPath, tombstonePath } from '../../../constructs/repo/paths.ts';
import type { Comparison } from '../../http/schemas/history.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { AppContext } from '../app-context.ts';
import { effectOf } from '../review/effect-between.ts';
import { patchOf } from '../review/object-effects.ts';
import { nameOfBot, readRevision, revisionOf } from './revision.ts';

/** Which two commits: whole or shortened ids. */
export interface Ends {
  readonly from: string;
  readonly to: string;
}

/** What lies between two commits, for the whole fleet or for one bot. Throws `not_found`. */
export async function compareCommits(context: AppContext, { from, to }: Ends, id?: string): Promise<Comparison> {
  const name = id === undefined ? undefined : nameOfBot(context, id);
  const [older, newer] = [await readRevision(context, from, 'from'), await readRevision(context, to, 'to')];
  const { repository, snapshots } = context;
  const before = await snapshots.at(older.commit);
  const after = await snapshots.at(newer.commit);
  if (name !== undefined && !knows(before, name) && !knows(after, name)) {
    throw new ClaworcError('not_found', `Neither of the two commits knows a bot ${name}.`, { field: 'id' });
  }
  return {
    from: revisionOf(older),
    to: revisionOf(newer),
    is_newer: await repository.isAncestor(older.commit, newer.commit),
    effect: await effectOf(repository, before, after, newer.commit, name),
    files: await changedSources(context, older.commit, newer.commit, name),
  };
}

const knows = ({ files }: Snapshot, name: string): boolean =>
  files.has(recordPath(name)) || files.has(tombstonePath(name));

/** The files that a person writes and that differ; keys and manifests are told among the objects of the effect. */
async function changedSources(
  { repository }: AppContext,
  from: string,
  to: string,
  name: string | undefined,
): Promise<Comparison['files']> {
  const changed = (await repository.diffCommits(from, to)).filter((path) => isSource(path, name));
  const [old, fresh] = [await repository.readSome(from, changed), await repository.readSome(to, changed)];
  const textIn = (files: ReadonlyMap<string, Uint8Array>, path: string): string | undefined => {
    const bytes = files.get(path);
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
  };
  return changed
    .map((path) => ({ path, patch: patchOf({ path, before: textIn(old, path), after: textIn(fresh, path) }) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

function isSource(path: string, name: string | undefined): boolean {
  const place = placeOf(path);
  if (place.kind === 'fleet') return path === FLEET_PATH;
  if (place.kind !== 'record' && place.kind !== 'tombstone') return false;
  return name === undefined || place.name === name;
}
