import type { Activity } from '../../http/schemas/answers.ts';
import type { LoggedCommit } from '../../git/history.ts';
import { EDIT_TRAILER } from '../../git/message.ts';
import { listAudit, type AuditRow } from '../../store/audit.ts';
import type { EditRow } from '../../store/edit.ts';
import { listOpenEdits } from '../../store/outbox.ts';
import type { AppContext } from '../app-context.ts';
import { draftOf } from '../instances/history.ts';
import { mainWait } from '../publish/main-wait.ts';

type Entry = Activity[number];

/** Audit rows of edits are told by their drafts and commits. */
const TOLD_BY_COMMITS = 'edit';

/** Open drafts, commits of main by whoever made them, and decisions that are no commit; newest first. */
export async function getActivity(context: AppContext, limit: number): Promise<Activity> {
  const read = context.store.reader;
  const commits = await context.repository.log({ limit });
  const decisions = listAudit(read, limit).filter(({ action }) => action !== TOLD_BY_COMMITS);
  const wait = mainWait(context.publisher.state());
  const drafts = listOpenEdits(read).map((edit) => draftEntry(edit, wait));
  const entries = [...drafts, ...commits.map(commitEntry), ...decisions.map(auditEntry)];
  return entries.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, limit);
}

function draftEntry(edit: EditRow, wait: string | null): Entry {
  const { id, at, author, message, state, detail, files } = draftOf(edit, wait);
  return { id, at, actor: author, message, instances: namesIn(files), commit: null, state, detail };
}

function commitEntry(commit: LoggedCommit): Entry {
  return {
    id: commit.trailers[EDIT_TRAILER] ?? commit.commit,
    at: commit.committedAt,
    actor: commit.author.name,
    message: commit.subject,
    instances: namesIn(commit.files),
    commit: commit.commit,
    state: 'published',
    detail: '',
  };
}

function auditEntry({ id, at, actor, subject, detail, action }: AuditRow): Entry {
  const instances = subject.startsWith('bot-') ? [subject] : [];
  return { id: `audit-${id}`, at, actor, message: detail, instances, commit: null, state: action, detail: '' };
}

/** Names of the bots whose files these are. */
function namesIn(files: readonly { readonly path: string }[]): string[] {
  const names = files.map(({ path }) => /^(?:instances|dist|secrets|tombstones)\/(bot-[a-z0-9-]+)/.exec(path)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}
