import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { withoutText, type FileContent } from '../../constructs/repo/rendered-file.ts';
import { ClaworcError } from '../lib/errors.ts';
import { noFailpoint, type Failpoint } from '../lib/failpoint.ts';
import type { Log } from '../lib/log.ts';
import { branchName, resolveBranch } from './refs/branch.ts';
import { branchesMark, countCommits, isOnBranch, listBranches } from './refs/branches.ts';
import { createGit, type Git } from './client.ts';
import { isAncestor, orderCommits, type CommitOrder } from './read/commit-order.ts';
import type { CommitRequest } from './fast-import.ts';
import { readFileVersions, type FileVersions, type VersionsWanted } from './read/file-versions.ts';
import { createHeadReader, type HeadReader } from './refs/head.ts';
import type { LoggedCommit } from './read/history.ts';
import { layoutOf, refuseForeign } from './folder/layout.ts';
import { realFolder } from './folder/locate.ts';
import { mainOfCheckout, type MainHead } from './refs/main-head.ts';
import { guardedPlace } from './folder/guarded-place.ts';
import { ownConfig } from './own-config.ts';
import { createOwnLine } from './read/own-line.ts';
import { readNews, type News } from './read/news.ts';
import { createObjectReader } from './read/object-reader.ts';
import { readPatches } from './read/patches.ts';
import { refuseSpecialFiles } from './folder/plain-files.ts';
import { createHttpBackend, type HttpBackend } from './http/http-backend.ts';
import { flushObjects } from './folder/flush-objects.ts';
import { createMaintenance, type Maintenance } from './folder/maintenance.ts';
import { readPaths } from './read/read-files.ts';
import { describeCommits, diffCommits, readLog, treeOf, type LogOptions } from './read/read-log.ts';
import { createTreeReader, type RepoTree, type TreeCaps } from './read/read-tree.ts';
import { commitId, refName, type OwnRef } from './refs/ref.ts';
import { createNotes, type Notes } from './refs/notes.ts';
import type { RefMove } from './refs/ref-moves.ts';
import { mergeBase, nameCommit } from './read/name-commit.ts';
import { createRemote, type Remote, type RemoteOptions } from './remote/remote.ts';
import { createSignatures, type Signatures } from './signing/signatures.ts';
import type { CommitSigner } from './signing/signer.ts';
import { clearStaleLocks } from './folder/stale-locks.ts';
import { prefixOf, within } from './folder/subfolder.ts';
import { watchRefs, type Watch } from './refs/watch.ts';
import { createWriter } from './writer.ts';

export type CommitResult =
  | { readonly ok: true; readonly commit: string }
  /** Somebody else was faster, or a git process holds the branch: read again, merge again, try again. */
  | { readonly ok: false; readonly head: string | null };

/** One local git repository: the embedded bare one, another bare one, or a checkout. */
export interface GitRepository {
  /** The folder that was named. */
  readonly folder: string;
  /** Where git keeps its data; for a bare repository the folder itself. */
  readonly gitFolder: string;
  readonly bare: boolean;
  /** Files whose absence from the work tree says nothing, because git was told to leave them out (sparse checkout). */
  hiddenFiles(): Promise<readonly string[]>;
  /** Commit that is read and published to: main of a bare repository, HEAD of a checkout. Null before the first one. */
  head(): Promise<string | null>;
  /** The instances repo at a commit. Throws `too_large` for a repository beyond the caps. */
  readFiles(commit: string): Promise<RepoTree>;
  /** The same, with what is known of files under dist/ in place of their bytes. */
  readContents(commit: string): Promise<RepoTree<FileContent>>;
  /** One file at a commit, null where there is none. */
  readFile(commit: string, path: string): Promise<Uint8Array | null>;
  /** Some files at a commit, by path; what isn't there is left out. */
  readSome(commit: string, paths: readonly string[]): Promise<ReadonlyMap<string, Uint8Array>>;
  /** Every version of one file on main's own line up to a commit, newest first. */
  fileVersions(commit: string, path: string, wanted?: VersionsWanted): Promise<FileVersions>;
  /** Writes a commit and moves main to it, if main is still at `parent`. Bare repositories only. */
  commit(request: CommitRequest): Promise<CommitResult>;
  /**
   * Where main is now at its home, which for a mirror is the remote; null where there is none. A mirror's own main stays
   * where it is; `commit` may build on what this gave last, once `news` has told that it comes after main here.
   */
  next(): Promise<string | null>;
  /** What a small step brings, in no time; undefined where only a whole look can tell (`news.ts`). */
  news(from: string, to: string, isWanted: (path: string) => boolean): Promise<News | undefined>;
  /** Writes a commit object on top of its parent; no ref moves. It is on the disk, unless `flushed` is false. */
  writeCommit(request: CommitRequest, flushed?: boolean): Promise<string>;
  /** Brings to the disk what was written since a time without being flushed (epoch, milliseconds). */
  flushObjects(sinceMs: number): Promise<void>;
  readonly signatures: Signatures;
  readonly notes: Notes;
  /** The full name of the ref that is main. */
  readonly mainRef: string;
  /** The commit of a full ref of ours, null where there is none. */
  readRef(ref: OwnRef): Promise<string | null>;
  /** Moves refs, all or none; false when one of them was not at `from`. */
  moveRefs(moves: readonly RefMove[]): Promise<boolean>;
  /** Branches that have a commit, by full ref, main among them; those whose name git takes and we don't are left out. */
  branches(): Promise<ReadonlyMap<OwnRef, string>>;
  /** Another text when a branch other than main may have moved. Starts no process; null where that can't be told. */
  branchesMark(): Promise<string | null>;
  /** Whether main or another branch has a commit in its history. */
  isOnBranch(commit: string): Promise<boolean>;
  /** How many commits `until` has and `since` has not. */
  countCommits(since: string, until: string): Promise<number>;
  /** The other side of a mirror; see `remote/mirror.ts`. */
  connect(options: Omit<RemoteOptions, 'top' | 'ceiling' | 'place' | 'onSilence'>): Remote;
  /** Answers `git clone` and `git push` over HTTP. Bare repositories only. */
  readonly http: HttpBackend;
  readonly maintenance: Maintenance;
  /** Ends what `keepsGit` keeps, after what it is at; a later commit starts it again. */
  endKeptGit(): Promise<void>;
  /** Newest first. */
  log(options?: LogOptions): Promise<readonly LoggedCommit[]>;
  /** What these commits say and changed, in their order. */
  describe(commits: readonly string[]): Promise<readonly LoggedCommit[]>;
  /** Whether `newer` is `older` or has it in its history. */
  isAncestor(older: string, newer: string): Promise<boolean>;
  /** How `commit` stands to `other`. */
  orderOf(commit: string, other: string): Promise<CommitOrder>;
  /** The commit that a person named: a branch, a tag, `HEAD~2`. Throws `usage` for an unknown name. */
  commitNamed(name: string): Promise<string>;
  /** The newest commit that both have; null where none is here. */
  mergeBase(one: string, other: string): Promise<string | null>;
  /** The first parent of a commit; null where it has none, or none that is here. */
  parentOf(commit: string): Promise<string | null>;
  /** Where main is, which a checkout may be away from. Null where that isn't known. */
  mainHead(): Promise<MainHead | null>;
  /** Paths that differ between two commits; with `from` null, every path of `to`. */
  diffCommits(from: string | null, to: string): Promise<readonly string[]>;
  /** Unified diffs of some paths or folders (none: of all) by commit, each beside its first parent. Throws `too_large`. */
  patches(commits: readonly string[], paths: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Calls back when main may have moved; resolves when it is being watched. */
  watchMain(onChange: () => void): Promise<Watch>;
  /** Removes locks that a killed git left behind; gives their names. */
  clearStaleLocks(olderThanMs?: number): Promise<readonly string[]>;
}

/** Which part of a repository is the instances repo. All paths of a `GitRepository` are seen from there. */
export interface RepositoryChoice {
  /** @default what HEAD names */
  readonly branch?: string;
  /** A folder inside the repository. @default its top */
  readonly path?: string;
  /** Also opens a repository that belongs to another user of this machine. @default false */
  readonly anyOwner?: boolean;
}

export interface OpenRepositoryOptions extends RepositoryChoice {
  readonly folder: string;
  readonly log: Log;
  readonly caps?: TreeCaps;
  /** For folders of ours. @default that of the machine */
  readonly temp?: string;
  /** Whom a repository must belong to. @default the user of this process, where users have numbers */
  readonly user?: number;
  readonly failpoint?: Failpoint;
  /** After how long without a word a git is ended. @default by its command, see `silence.ts` */
  readonly silentMs?: number;
  /**
   * Whether the git processes that write commits and move refs stay for a while, as is worth it for a process that writes many;
   * `endKeptGit` then has to be called at its end. @default false
   */
  readonly keepsGit?: boolean;
  /** Signs every commit that is made here. @default nobody does */
  readonly signer?: CommitSigner | null;
}

/** Opens a local repository. Throws `usage` without the folder, `git_refused` if it is not the top of one. */
export async function openRepository(options: OpenRepositoryOptions): Promise<GitRepository> {
  const { folder, log, caps, branch, path, anyOwner = false, temp = tmpdir(), user = process.geteuid?.() } = options;
  const { failpoint = noFailpoint, silentMs, keepsGit = false, signer = null } = options;
  const prefix = prefixOf(path);
  const top = realFolder(folder);
  const ceiling = dirname(top);
  const layout = layoutOf(top);
  if (!anyOwner) refuseForeign(top, layout, user);
  refuseSpecialFiles(layout);
  const { isBare: bare, place: ownPlace } = await ownConfig(layout, temp);
  let ref = 'HEAD';
  const { place, mark, onSilence } = guardedPlace(layout, ownPlace, () => ref);
  const patience = silentMs === undefined ? {} : { silentMs };
  const git = createGit(top, ceiling, { place, onSilence, ...patience });
  const gitFolder = layout.commonFolder;
  if (bare || branch !== undefined) ref = await resolveBranch(git, folder, branch);
  if (bare && branchName(ref) !== 'main') {
    log.info('The desired state is a branch that is not called main', { branch: branchName(ref) });
  }
  const readBytes = createTreeReader(git, caps);
  const readKnown = createTreeReader(git, caps, withoutText);
  const heads = createHeadReader(git, gitFolder, ref);
  const signatures = createSignatures({ git, prefix, temp, signer });
  const objects = createObjectReader({ gitFolder, ceiling: dirname(top), place });
  const readers = new Map<string, HeadReader>();
  // A commit stands for its own tree, without asking git.
  const treeToRead = (commit: string) => (prefix === '' ? commitId(commit) : treeOf(git, commit, prefix));
  const kept = keepsGit ? { folder: top, ceiling, place, mark, onSilence, ...patience } : undefined;
  const writer = createWriter(git, prefix, signer !== null, kept);
  const ownLine = createOwnLine();
  const writeCommit = async (request: CommitRequest, flushed = true): Promise<string> => {
    if (signer !== null && request.before !== undefined && request.before.length > 0) {
      // Each has a signature of its own, and what comes next builds on the signed one.
      const { before, ...last } = request;
      let { parent } = request;
      for (const each of before) parent = await writeCommit({ ...each, parent }, flushed);
      return writeCommit({ ...last, parent }, flushed);
    }
    const { commit: written, tree } = await writer.writeCommit(request, flushed);
    const commit = tree === null ? written : await signatures.sign(request, { commit: written, tree });
    if (tree === null) await signatures.noteUnsigned(request, commit);
    ownLine.note(commit, request.parent);
    return commit;
  };
  return {
    folder,
    gitFolder,
    bare,
    hiddenFiles: () => hiddenFiles(git, prefix),
    head: heads.read,
    readFiles: async (commit) => {
      const tree = await treeToRead(commit);
      return tree === null ? { files: new Map(), refused: [] } : readBytes(tree);
    },
    readContents: async (commit) => {
      const tree = await treeToRead(commit);
      return tree === null ? { files: new Map(), refused: [] } : readKnown(tree);
    },
    readFile: async (commit, file) =>
      (await readPaths(git, commitId(commit), [`${prefix}${file}`])).values().next().value ?? null,
    readSome: async (commit, files) => {
      const paths = files.map((file) => `${prefix}${file}`);
      const found = await readPaths(git, commitId(commit), paths);
      return new Map([...found].map(([path, bytes]) => [path.slice(prefix.length), bytes]));
    },
    fileVersions: async (commit, file, { most, since } = {}) =>
      readFileVersions(git, commitId(commit), `${prefix}${file}`, {
        ...(most === undefined ? {} : { most }),
        since: since === undefined ? undefined : commitId(since),
      }),
    commit: async (request) => {
      if (!bare) {
        throw new ClaworcError(
          'git_refused',
          `${folder} is a checkout; Claworc publishes to a bare repository only (git clone --bare makes one).`,
          { subject: folder },
        );
      }
      const commit = await writeCommit(request);
      failpoint('commit-written-here');
      const isMoved = await writer.moveRefs([{ ref, from: request.parent, to: commit }]);
      if (!isMoved) return { ok: false, head: await heads.read() };
      heads.note(commit);
      return { ok: true, commit };
    },
    next: heads.read,
    news: (from, to, isWanted) => readNews(objects, prefix, commitId(from), commitId(to), isWanted),
    writeCommit,
    signatures,
    notes: createNotes(git, writer.moveRefs),
    flushObjects: (sinceMs) => flushObjects(place().objects, sinceMs),
    mainRef: ref,
    readRef: (own) => {
      const reader = readers.get(own) ?? createHeadReader(git, gitFolder, refName(own));
      readers.set(own, reader);
      return reader.read();
    },
    moveRefs: writer.moveRefs,
    branches: () => listBranches(git),
    branchesMark: () => branchesMark(gitFolder, ref),
    isOnBranch: async (commit) => isOnBranch(git, commitId(commit)),
    countCommits: (since, until) => countCommits(git, commitId(since), commitId(until)),
    connect: (options) => createRemote({ ...options, top, ceiling, place, onSilence }),
    http: createHttpBackend({ gitFolder, ceiling, mainRef: ref, place, onSilence, ...patience }),
    maintenance: createMaintenance(git, gitFolder),
    endKeptGit: writer.end,
    describe: async (commits) => describeCommits(git, prefix, commits.map(commitId)),
    log: (which = {}) => readLog(git, { ref, prefix }, which, heads.read),
    isAncestor: async (older, newer) =>
      ownLine.isAfter(newer, older) || isAncestor(git, commitId(older), commitId(newer)),
    orderOf: async (commit, other) =>
      ownLine.isAfter(commit, other) ? 'after' : orderCommits(git, commitId(commit), commitId(other)),
    commitNamed: (name) => nameCommit(git, name),
    mergeBase: (one, other) => mergeBase(git, one, other),
    parentOf: async (commit) => readCommit(git, `${commitId(commit)}^1`),
    mainHead: async () => {
      if (!bare) return mainOfCheckout(git, branch);
      const commit = await heads.read();
      return commit === null ? null : { name: branchName(ref), commit };
    },
    diffCommits: async (from, to) => diffCommits(git, prefix, from, commitId(to)),
    patches: (commits, paths) => readPatches(git, prefix, commits, paths),
    watchMain: (onChange) =>
      watchRefs(gitFolder, onChange, (error) => log.warn('Watching main failed', { error: String(error) })),
    clearStaleLocks: (olderThanMs) => clearStaleLocks(gitFolder, olderThanMs),
  };
}

async function readCommit(git: Git, name: string): Promise<string | null> {
  const commit = await git.text(['rev-parse', '--verify', '--quiet', `${name}^{commit}`], { expect: [0, 1] });
  return commit.trim() === '' ? null : commit.trim();
}

async function hiddenFiles(git: Git, prefix: string): Promise<readonly string[]> {
  const output = await git.text(['ls-files', '-t', '-z', '--', ...within(prefix)]);
  const hidden = output.split('\0').filter((entry) => entry.startsWith('S '));
  return hidden.map((entry) => entry.slice('S '.length + prefix.length));
}
