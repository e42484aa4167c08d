import { setImmediate as nextTurn } from 'node:timers/promises';
import { placeOf } from '../../../constructs/repo/paths.ts';
import { withRefused } from '../../../constructs/repo/refused-files.ts';
import { changedEntries, settledMap, withEntries } from '../../../constructs/repo/layered-map.ts';
import { readRepo, repoWith, updateRepo } from '../../../constructs/repo/read-repo.ts';
import { withoutText, type FileContent, type RenderedFile } from '../../../constructs/repo/rendered-file.ts';
import type { Repo, RepoContents } from '../../../constructs/repo/repo.ts';
import { readAllAhead } from '../../lib/read-ahead.ts';
import { inSlices } from '../../lib/slices.ts';
import type { RepoTree } from './read-tree.ts';

/** An instances repo at one commit, read and parsed. */
export interface Snapshot {
  /** Null: before the first commit. */
  readonly commit: string | null;
  readonly files: RepoContents;
  /** `repo.problems` names the entries that were not read, too. */
  readonly repo: Repo;
  readonly refused: RepoTree<FileContent>['refused'];
}

export interface Snapshots {
  /** The snapshot of a commit. Costs what differs from the ones before it; the last one asked for is kept. */
  at(commit: string | null): Promise<Snapshot>;
  /** What `snapshot` would be with other files; parses only what is new. */
  derive(snapshot: Snapshot, files: RepoContents): Snapshot;
  /** Makes a derived snapshot the one of `commit`, which holds exactly its files. */
  adopt(commit: string, snapshot: Snapshot): Snapshot;
}

/** Reads snapshots of a repository; shared by all who read commits, so that each is parsed once. */
export function createSnapshots(repository: {
  /** An unchanged file is the same object in each answer. */
  readFiles(commit: string): Promise<RepoTree<FileContent>>;
}): Snapshots {
  let last: Snapshot | undefined;
  let reading: { readonly commit: string; readonly snapshot: Promise<Snapshot> } | undefined;
  const read = async (commit: string): Promise<Snapshot> => {
    const { files, refused } = await repository.readFiles(commit);
    await readAllAhead(changedEntries(last?.files ?? new Map<string, never>(), files));
    const repo = last === undefined ? readRepo(files) : updateRepo(last.repo, last.files, files);
    last = { commit, files, repo: withRefused(repo, refused), refused };
    return last;
  };
  return {
    at: async (commit) => {
      if (commit === null) return { commit, files: new Map(), repo: readRepo(new Map()), refused: [] };
      if (last?.commit === commit) return last;
      if (reading?.commit !== commit) reading = { commit, snapshot: read(commit) };
      const mine = reading;
      try {
        return await mine.snapshot;
      } finally {
        if (reading === mine) reading = undefined;
      }
    },
    derive: (snapshot, files) => {
      const repo = updateRepo(snapshot.repo, snapshot.files, files);
      // A file put in the place of what was refused ends the refusal.
      const refused = snapshot.refused.filter(({ path }) => !files.has(path));
      return { commit: null, files, repo: withRefused(repo, refused), refused };
    },
    adopt: (commit, snapshot) => {
      last = { ...snapshot, commit, files: settledMap(snapshot.files) };
      return last;
    },
  };
}

/** A snapshot with other files under dist/ (null: none), which nothing else of it depends on. Parses nothing, and lets other work in between. */
export async function withRendering(
  snapshot: Snapshot,
  changes: ReadonlyMap<string, string | null>,
): Promise<Snapshot> {
  const files = new Map<string, FileContent | undefined>();
  const { dist } = snapshot.repo;
  const copied = new Map<string, Map<string, RenderedFile>>();
  for await (const [path, text] of inSlices(changes)) {
    const place = placeOf(path);
    if (place.kind !== 'manifest') throw new RangeError(`${path} is not under dist/`);
    const folder = copied.get(place.unit) ?? new Map(dist.get(place.unit));
    copied.set(place.unit, folder);
    if (text === null) {
      files.set(path, undefined);
      folder.delete(place.file);
    } else {
      const file = withoutText(Buffer.from(text));
      files.set(path, file);
      folder.set(place.file, file);
    }
  }
  const folders = new Map([...copied].map(([unit, folder]) => [unit, folder.size === 0 ? undefined : folder]));
  await nextTurn();
  const all = withEntries(snapshot.files, files);
  await nextTurn();
  return {
    commit: null,
    files: all,
    repo: repoWith(snapshot.repo, { dist: settledMap(withEntries(dist, folders)) }),
    refused: snapshot.refused,
  };
}
