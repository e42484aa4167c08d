import type { GitState } from '../../http/schemas/git-state.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { addAudit } from '../../store/audit.ts';
import type { AppContext } from '../app-context.ts';
import { mainWait } from './main-wait.ts';
import type { PublisherState, RemoteStanding } from './publisher.ts';

/** How main stands, here and on its remote. */
export function readGitState({
  publisher,
  forge,
}: {
  readonly publisher: Pick<AppContext['publisher'], 'state' | 'remote'>;
  readonly forge: AppContext['forge'];
}): GitState {
  return gitStateOf(publisher.state(), publisher.remote(), forge);
}

/** The same from its parts; `forge` is null where none is followed. */
export function gitStateOf(state: PublisherState, remote: RemoteStanding | null, forge: AppContext['forge']): GitState {
  return {
    state: state.state,
    detail: state.state === 'following' ? '' : state.detail,
    waits_for: mainWait(state),
    trouble: state.state === 'remote' ? state.trouble : null,
    heads: state.state === 'rewritten' ? { ours: state.imported, theirs: state.head } : null,
    remote:
      remote === null
        ? null
        : {
            url: remote.url,
            branch: remote.branch,
            last_seen: remote.lastSeen,
            branches: remote.branchTrouble,
            forge: forge === null ? null : { kind: forge.forge.kind, title: forge.title, trouble: forge.trouble() },
          },
  };
}

/** Tells how main stands once the remote was asked anew. Throws `conflict` where there is none. */
export async function pullNow(context: AppContext): Promise<GitState> {
  if (context.publisher.remote() === null) {
    throw new ClaworcError('conflict', 'Main is on no remote: what is pushed here is seen at once.');
  }
  await context.publisher.pulled(context.writeTimeoutMs);
  return readGitState(context);
}

/**
 * Goes on from the head that a person saw after history was rewritten. Throws `conflict` where it was not, `stale` where
 * main is elsewhere by now.
 */
export async function acceptHead(context: AppContext, head: string): Promise<GitState> {
  const before = context.publisher.state();
  await context.publisher.acceptHead(head);
  const from = before.state === 'rewritten' ? before.imported : '';
  noteGit(context, { action: 'accept-head', subject: head, detail: `Go on from ${head} in place of ${from}` });
  return readGitState(context);
}

/** Pushes main to a remote that lost its branch. Throws `conflict` without a remote, `stale` where the branch is back. */
export async function restoreBranch(context: AppContext): Promise<GitState> {
  const remote = context.publisher.remote();
  await context.publisher.restoreBranch();
  noteGit(context, {
    action: 'restore-branch',
    subject: remote?.branch ?? '',
    detail: `Push main to ${remote?.url ?? ''}, which had lost its branch`,
  });
  return readGitState(context);
}

/** Notes what a person decided about main. */
export function noteGit(
  { store, clock, author }: Pick<AppContext, 'store' | 'clock' | 'author'>,
  words: { readonly action: string; readonly subject: string; readonly detail: string },
): void {
  const at = new Date(clock.now()).toISOString();
  store.transact((tx) => addAudit(tx, { at, actor: author.name, editId: null, ...words }));
}
