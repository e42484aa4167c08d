import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { placeOf } from '../../../constructs/repo/paths.ts';
import { withRefused } from '../../../constructs/repo/refused-files.ts';
import { changedEntries, settledMap, withEntries } from '../../../constructs/repo/layered-map.ts';
import { readRepo, repoWith, updateRepo } from '../../../constructs/repo/read-repo.ts';
import { withoutText, type FileContent, type RenderedFile } from '../../../constructs/repo/rendered-file.ts';
import type { Repo, RepoContents } from '../../../constructs/repo/repo.ts';
import { holdUnsigned } from '../../../constructs/repo/unsigned-problems.ts';
import { readAllAhead } from '../../lib/read-ahead.ts';
import { inSlices } from '../../lib/slices.ts';
import type { RepoTree } from './read-tree.ts';
import type { Signatures } from '../signing/signatures.ts';
import { NOT_DEMANDED, type ContentStanding } from '../signing/unsigned-content.ts';

/** An instances repo at one commit, read and parsed. */
export interface Snapshot {
  /** Null: before the first commit. */
  readonly commit: string | null;
  readonly files: RepoContents;
  /** `repo.problems` names the entries that were not read, too. */
  readonly repo: Repo;
  readonly refused: RepoTree<FileContent>['refused'];
  /** What no signed commit stands for, where claworc.yaml demands signatures; `repo.problems` names it, too. */
  readonly signing: ContentStanding;
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
  /** Where it is missing, nobody asks for signatures. */
  readonly signatures?: Pick<Signatures, 'standingAt'>;
}): Snapshots {
  let last: Snapshot | undefined;
  let reading: { readonly commit: string; readonly snapshot: Promise<Snapshot> } | undefined;
  const read = async (commit: string): Promise<Snapshot> => {
    const { files, refused } = await repository.readFiles(commit);
    const signing = (await repository.signatures?.standingAt(commit)) ?? NOT_DEMANDED;
    await readAllAhead(changedEntries(last?.files ?? new Map<string, never>(), files));
    const repo = last === undefined ? readRepo(files) : updateRepo(last.repo, last.files, files);
    last = withUnsigned({ commit, files, repo: withRefused(repo, refused), refused, signing });
    return last;
  };
  return {
    at: async (commit) => {
      if (commit === null) {
        return { commit, files: new Map(), repo: readRepo(new Map()), refused: [], signing: NOT_DEMANDED };
      }
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
      const signing = signingOf(snapshot, files);
      return withUnsigned({ commit: null, files, repo: withRefused(repo, refused), refused, signing });
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
    signing: snapshot.signing,
  };
}

function withUnsigned(snapshot: Snapshot): Snapshot {
  const repo = holdUnsigned(snapshot.repo, snapshot.signing);
  return repo === snapshot.repo ? snapshot : { ...snapshot, repo };
}

/** A file that is put back as signed commits left it is signed again, and one that goes away leaves nothing to doubt. */
function signingOf({ signing }: Snapshot, files: RepoContents): ContentStanding {
  if (signing.unsigned.size === 0) return signing;
  const left = [...signing.unsigned].filter(([path, { signed }]) => {
    const content = files.get(path);
    return content instanceof Uint8Array && !(typeof signed === 'string' && blobId(content, signed.length) === signed);
  });
  return { ...signing, unsigned: new Map(left) };
}

/** The id that git gives a file, of so many digits. */
function blobId(bytes: Uint8Array, digits: number): string {
  return createHash(digits === 64 ? 'sha256' : 'sha1')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');
}
