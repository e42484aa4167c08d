import { withEntries } from '../../../constructs/repo/layered-map.ts';
import { tombstonePath } from '../../../constructs/repo/paths.ts';
import type { CommitRequest, TreeChanges } from '../../git/fast-import.ts';
import { COMMITTER } from '../../git/identity.ts';
import { formatMessage, SYNTH_TRAILER } from '../../git/message.ts';
import { withRendering, type Snapshot, type Snapshots } from '../../git/read/snapshots.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import type { Renderings } from '../../reconcile/desired/renderings.ts';
import type { Ahead } from './race.ts';
import { removeUnitFiles, type FileChanges } from './edit-files.ts';
import { differences } from './prepare-edit.ts';
import { renderUnits } from './render-units.ts';

export interface FollowUp {
  readonly changes: TreeChanges;
  readonly result: Snapshot;
  /** Units whose dist/ is right with these changes. */
  readonly rendered: ReadonlySet<string>;
}

/**
 * What is missing on main because somebody pushed only a record, a key or a tombstone: the rendering of `units`, the
 * end of a tombstone whose bot came back, the end of dist/ and secrets/ of a bot that left.
 */
export async function prepareFollowUp(
  snapshots: Pick<Snapshots, 'derive'>,
  snapshot: Snapshot,
  units: readonly string[],
  renderings: Renderings,
): Promise<FollowUp> {
  const files: FileChanges = new Map();
  const rendered = new Set<string>();
  for (const unit of units) {
    if (snapshot.repo.records.has(unit)) files.set(tombstonePath(unit), undefined);
    else if (snapshot.repo.tombstones.has(unit) && !snapshot.repo.claimed.has(unit)) {
      removeUnitFiles(files, snapshot.files, unit);
      rendered.add(unit);
    }
  }
  const candidate = snapshots.derive(snapshot, withEntries(snapshot.files, files));
  const dist = new Map<string, string | null>();
  const withRecord = units.filter((unit) => candidate.repo.records.has(unit));
  for await (const { unit, changes, problems } of renderUnits(candidate.repo, withRecord, renderings)) {
    if (problems.length > 0) continue;
    rendered.add(unit);
    for (const [path, text] of changes) dist.set(path, text);
  }
  const result = await withRendering(candidate, dist);
  return { changes: await differences(snapshot.files, result.files, dist), result, rendered };
}

/** The commit of a follow-up whose inputs are those of `of`. */
export function followUpCommit({ changes, rendered }: Pick<FollowUp, 'changes' | 'rendered'>, of: string, at: string) {
  const message = { subject: followUpSubject([...rendered]), trailers: { [SYNTH_TRAILER]: of } };
  return { changes, author: COMMITTER, at, message };
}

/** A follow-up on top of what others put on main since it was imported; undefined where they changed its units too. */
export async function followUpOnTop(
  {
    snapshots,
    renderings,
    clock,
  }: {
    readonly snapshots: Pick<Snapshots, 'derive'>;
    readonly renderings: Renderings;
    readonly clock: Clock;
  },
  { main, touched }: Ahead,
  units: readonly string[],
): Promise<CommitRequest | undefined> {
  if (units.some((unit) => touched.has(unit))) return undefined;
  const followUp = await prepareFollowUp(snapshots, main, units, renderings);
  if (followUp.changes.size === 0) return undefined;
  const { message, ...commit } = followUpCommit(followUp, main.commit, isoSeconds(clock));
  return { ...commit, parent: main.commit, message: formatMessage(message.subject, [], message.trailers) };
}

function followUpSubject(units: readonly string[]): string {
  const [first, second, third] = units;
  if (first === undefined) return 'Render';
  if (third !== undefined) return `Render ${units.length} bots`;
  return second === undefined ? `Render ${first}` : `Render ${first} and ${second}`;
}
