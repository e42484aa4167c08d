import { keyFolder, manifestFolder, recordPath, sourcePath, tombstonePath } from '../../../constructs/repo/paths.ts';
import type { Change } from '../../http/schemas/answers.ts';
import { unitOf, type EditRow } from '../../store/edit.ts';
import { draftWait, mainWait } from '../publish/main-wait.ts';
import { readFilePatches } from './commit-patches.ts';
import { changeOf } from './commits.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import { broughtBy } from '../history/brought-by.ts';
import { readCursor } from '../history/page-cursor.ts';
import { nameOfBot } from '../history/revision.ts';
import { signaturesOf } from '../history/signatures.ts';
import { withResults } from '../history/with-results.ts';
import type { AppContext } from '../app-context.ts';
import { findEditedInstance, type EditedInstance } from './edited.ts';
import { findLeaving } from './leaving.ts';
import { apiFieldOf } from './fields.ts';

/** Which part of a history: `after` is the `next` of the page before. */
export interface HistoryPage {
  readonly limit: number;
  readonly after?: string | undefined;
}

/** A part of a history, and where the next one begins; null behind the last. */
export interface History {
  readonly changes: Change[];
  readonly next: string | null;
}

/**
 * The open drafts of a bot, then the commits that touched it, newest first; also of one that main has no more. Pages are of
 * main as it was at the first of them. Throws `not_found`, and `stale` for a page of a main that was rewritten since.
 */
export async function getHistory(context: AppContext, id: string, { limit, after }: HistoryPage): Promise<History> {
  const { repository } = context;
  const name = nameOfBot(context, id);
  const desired = findShown(context, name);
  const { until, skip } = await readCursor(context, after);
  // The commit before the page says where what happened to the page's newest one ends.
  const before = Math.min(skip, 1);
  const log = { paths: pathsOf(name), until: until ?? '', skip: skip - before, limit: limit + before };
  const logged = until === null ? [] : await repository.log(log);
  const [newer] = logged.slice(0, before);
  const commits = logged.slice(before);
  if (desired === undefined && commits.length === 0 && after === undefined) {
    throw new ClaworcError('not_found', `There is no bot ${JSON.stringify(id)}.`, { field: 'id' });
  }
  const own = commits.map((commit) => ({ ...commit, files: commit.files.filter(({ path }) => belongsTo(path, name)) }));
  const files = await readFilePatches(repository, own);
  const brought = await broughtBy(context, logged);
  const publishedAt = ({ commit, committedAt }: LoggedCommit): string => brought.get(commit)?.at ?? committedAt;
  const signatureOf = await signaturesOf(context, own);
  const changes = own.map((commit, index) => ({
    ...changeOf(commit, files[index] ?? []),
    signature: signatureOf(commit.commit),
    action: actionOf(commit, name),
    proposal: brought.get(commit.commit)?.proposal ?? null,
    // What a branch brought is on main since its merge.
    published_at: publishedAt(commit),
  }));
  const drafts = desired === undefined || after !== undefined ? [] : draftsOf(context, desired);
  return {
    changes: [
      ...drafts,
      ...withResults(context, name, changes, newer && { commit: newer.commit, published_at: publishedAt(newer) }),
    ],
    next: until === null || commits.length < limit ? null : `${until}.${skip + limit}`,
  };
}

function findShown(context: AppContext, name: string): EditedInstance | undefined {
  return findLeaving(context, name) ?? findEditedInstance(context.store.reader, name);
}

/** What a commit did to the bot itself. */
function actionOf({ files }: LoggedCommit, name: string): Change['action'] {
  const record = files.find(({ path }) => path === recordPath(name));
  if (record?.change === 'added') return 'create';
  return record?.change === 'removed' ? 'remove' : 'configure';
}

function pathsOf(name: string): string[] {
  return [recordPath(name), manifestFolder(name), keyFolder(name), tombstonePath(name)];
}

function belongsTo(path: string, name: string): boolean {
  return pathsOf(name).some((own) => (own.endsWith('/') ? path.startsWith(own) : path === own));
}

function draftsOf({ publisher }: AppContext, { drafts }: EditedInstance): Change[] {
  const wait = mainWait(publisher.state());
  return drafts.map((edit) => draftOf(edit, wait)).reverse();
}

/** `wait`: what stands between a draft and its commit. */
export function draftOf(edit: EditRow, wait: string | null): Change {
  return {
    id: edit.id,
    commit: null,
    message: edit.message,
    author: edit.author.name,
    at: edit.at,
    state: edit.state === 'conflict' || edit.state === 'failed' || edit.state === 'proposed' ? edit.state : 'draft',
    published_at: null,
    applied_at: null,
    applied_as: null,
    healthy_at: null,
    result: null,
    result_at: null,
    action: draftAction(edit),
    proposal: edit.proposal ?? null,
    signature: null,
    detail: detailOf(edit, wait),
    files: [...new Set(edit.changes.map(unitOf))].map((unit) => ({ path: sourcePath(unit), patch: '' })),
  };
}

function draftAction({ changes }: EditRow): Change['action'] {
  const record = changes.find((change) => change.kind === 'BotInstance');
  if (record?.kind !== 'BotInstance') return 'configure';
  return record.base === null ? 'create' : record.next === null ? 'remove' : 'configure';
}

function detailOf({ state, detail, conflicts, proposal }: EditRow, wait: string | null): string {
  if (proposal !== undefined && (state === 'pending' || state === 'proposed')) return `Waits in proposal ${proposal}`;
  if (state === 'failed') return detail;
  if (state !== 'conflict') return draftWait(wait);
  return conflicts
    .map(
      ({ field, theirs, mine }) =>
        `${apiFieldOf(field) || 'the bot'}: main has ${show(theirs)}, this wants ${show(mine)}`,
    )
    .join('; ');
}

function show(value: unknown): string {
  return value === undefined || value === null ? 'nothing' : JSON.stringify(value);
}
