import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Mirror } from '../../git/remote/mirror.ts';
import { openRepository, type GitRepository, type RepositoryChoice } from '../../git/repository.ts';
import { createSnapshots } from '../../git/read/snapshots.ts';
import type { GitState, Heads } from '../../http/schemas/git-state.ts';
import { isoSeconds, type Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import { openStore, type Store } from '../../store/open-store.ts';
import { listOpenEdits } from '../../store/outbox.ts';
import { compareHeads } from '../publish/compare-heads.ts';
import { gitStateOf, noteGit } from '../publish/git-state.ts';
import { importRepository } from '../publish/import-repository.ts';
import { rewritten } from '../publish/rewritten.ts';
import { openMirror, type RemoteChoice } from '../publish/open-mirror.ts';
import type { PublisherState, RemoteStanding } from '../publish/publisher.ts';
import { obstacle } from '../publish/remote-side.ts';
import { localAuthor } from './local-author.ts';

export interface GitStandingOptions {
  readonly data: string;
  readonly repo: string;
  /** A repository elsewhere that is the truth; `repo` is not looked at then. */
  readonly remote?: RemoteChoice;
  /** @default all of it, on the branch that HEAD names */
  readonly from?: RepositoryChoice;
  /** The head that a person saw, to go on from after history was rewritten. */
  readonly acceptHead?: string;
  /** Pushes main to a remote that lost its branch. */
  readonly restoreBranch: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface GitStanding extends GitState {
  /** Main as it is here; null before its first commit. */
  readonly head: string | null;
  /** What each of two heads has that the other has not; null where main was not rewritten. */
  readonly sides: Heads | null;
  /** Edits that wait for their commit. */
  readonly drafts: number;
}

/**
 * `claworc git`: how main of a data folder stands, here and on its remote, while no server runs; with `acceptHead` or
 * `restoreBranch` after that was done. Publishes nothing: edits that wait go on waiting for a server. Throws `locked` while
 * one runs, `not_found` before the first one, `conflict` and `stale` for what is not so (any more).
 */
export async function gitStanding(options: GitStandingOptions): Promise<GitStanding> {
  const { data, repo, remote, from, log, signal } = options;
  const file = join(data, 'claworc.db');
  if (!existsSync(file)) {
    throw new ClaworcError('not_found', `${data} is no data folder that a server has worked with.`, { subject: data });
  }
  using store = openForMe(file, join(data, 'claworc.lock'), log);
  const choice = from === undefined ? {} : { from };
  const mirror = remote === undefined ? undefined : await openMirror({ data, remote, log, signal, ...choice });
  const repository = mirror ?? (await openRepository({ folder: repo, log, ...from }));
  const parts = { store, mirror, repository, clock: options.clock, author: localAuthor() };
  if (options.restoreBranch) await restore(parts, signal);
  if (options.acceptHead !== undefined) await accept(parts, options.acceptHead, signal);
  const { state, seen } = await look(parts, signal);
  return {
    ...gitStateOf(state, seen, null),
    head: await repository.head(),
    sides: state.state === 'rewritten' ? await compareHeads({ publisher: { state: () => state }, repository }) : null,
    drafts: listOpenEdits(store.reader).filter(({ state: edit }) => edit !== 'proposed').length,
  };
}

function openForMe(file: string, lockFile: string, log: Log): Store {
  try {
    return openStore({ file, lockFile, log });
  } catch (error) {
    if (!(error instanceof ClaworcError) || error.code !== 'locked') throw error;
    throw new ClaworcError(
      'locked',
      'A server works with this data folder: its settings page and GET /api/v1/git say how main stands, and have the same choices.',
      { cause: error },
    );
  }
}

interface Parts {
  readonly store: Store;
  readonly mirror: Mirror | undefined;
  readonly repository: GitRepository;
  readonly clock: Clock;
  readonly author: ReturnType<typeof localAuthor>;
}

async function look(
  { store, mirror, repository, clock }: Parts,
  signal: AbortSignal,
): Promise<{ readonly state: PublisherState; readonly seen: RemoteStanding | null }> {
  const standing = mirror === undefined ? undefined : await mirror.pull(signal);
  const isSeen = standing !== undefined && standing.state !== 'trouble';
  const lastSeen = isSeen ? isoSeconds(clock) : null;
  const seen = mirror === undefined ? null : { ...mirror.remote, lastSeen, branchTrouble: '' };
  const head = await repository.head();
  const away = standing === undefined || mirror === undefined ? undefined : obstacle(standing, mirror.remote, head);
  return { state: away ?? (await here(repository, head, getMeta(store.reader, IMPORTED_COMMIT) ?? null)), seen };
}

/** Main here, beside what was published or read last. */
async function here(repository: GitRepository, head: string | null, imported: string | null): Promise<PublisherState> {
  if (imported === null || head === imported) return { state: 'following', head };
  const order = head === null ? 'apart' : await repository.orderOf(head, imported);
  return order === 'after' ? { state: 'following', head } : rewritten(head, imported, order);
}

async function accept(parts: Parts, head: string, signal: AbortSignal): Promise<void> {
  const { store, mirror, repository, clock } = parts;
  const { state } = await look(parts, signal);
  if (state.state !== 'rewritten') throw new ClaworcError('conflict', 'The history of main was not rewritten.');
  if (state.head !== head) {
    throw new ClaworcError('stale', `main is at ${state.head ?? 'no commit'}, not at ${head}; look again.`, {
      subject: head,
    });
  }
  if (mirror !== undefined && (await repository.head()) !== head) await mirror.accept(head, signal);
  await importRepository({ store, repository, snapshots: createSnapshots(repository), clock });
  const detail = `Go on from ${head} in place of ${state.imported}`;
  noteGit(parts, { action: 'accept-head', subject: head, detail });
}

async function restore(parts: Parts, signal: AbortSignal): Promise<void> {
  const { mirror } = parts;
  if (mirror === undefined) throw new ClaworcError('conflict', 'Main is on no remote.');
  await mirror.restoreBranch(signal);
  const { url, branch } = mirror.remote;
  noteGit(parts, {
    action: 'restore-branch',
    subject: branch,
    detail: `Push main to ${url}, which had lost its branch`,
  });
}
