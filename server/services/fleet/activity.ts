import { FLEET_PATH, FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { Activity } from '../../http/schemas/answers.ts';
import type { LoggedCommit } from '../../git/read/history.ts';
import { EDIT_TRAILER } from '../../git/message.ts';
import { AUDIT_LIMITS, droppedDecision, EDIT_ACTION, listAudit, type AuditRow } from '../../store/audit.ts';
import type { Reader } from '../../store/connection.ts';
import type { EditRow } from '../../store/edit.ts';
import { listJournalOf } from '../../store/journal.ts';
import { listOpenEdits } from '../../store/outbox.ts';
import type { AppContext } from '../app-context.ts';
import { readCursor } from '../history/page-cursor.ts';
import { signaturesOf } from '../history/signatures.ts';
import { draftOf } from '../instances/history.ts';
import { mainWait } from '../publish/main-wait.ts';
import { resultsOfUnits, type ResultsOfUnits } from './activity-results.ts';

type Entry = Activity[number];

export interface ActivityPage {
  /** Of commits and decisions; a first page has all open drafts beside them. */
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string | undefined;
}

/**
 * Open drafts, commits of main by whoever made them, and decisions that are no commit; newest first, and where the next
 * page begins. Commits keep the order of main, whatever their clocks say. Throws `stale` for a page of a rewritten main.
 */
export async function getActivity(
  context: AppContext,
  { limit, after }: ActivityPage,
): Promise<{ readonly entries: Activity; readonly next: string | null }> {
  const read = context.store.reader;
  const { until, skip } = await readCursor(context, after);
  const [, , before = String(Number.MAX_SAFE_INTEGER)] = after?.split('.') ?? [];
  const commits = until === null ? [] : await context.repository.log({ until, skip, limit });
  const decisions = decisionsBefore(read, Number(before), limit);
  const results = resultsIn(context, commits);
  const signatureOf = await signaturesOf(context, commits);
  const merged = mergeByTime(
    commits.map((commit, index) => commitEntry(commit, signatureOf(commit.commit), results[index])),
    decisions.map(auditEntry),
  ).slice(0, limit);
  const told = merged.filter(({ commit }) => commit !== null).length;
  const last = decisions[merged.length - told - 1]?.id ?? Number(before);
  const isLast = told === commits.length && merged.length - told === decisions.length && merged.length < limit;
  const wait = mainWait(context.publisher.state());
  const drafts = after === undefined ? listOpenEdits(read).map((edit) => draftEntry(edit, wait)) : [];
  return {
    entries: mergeByTime(
      merged,
      drafts.sort((a, b) => Date.parse(b.at) - Date.parse(a.at)),
    ),
    next: isLast || until === null ? null : `${until}.${skip + told}.${last}`,
  };
}

/** Newest first; behind the oldest that is kept stands that others were dropped. */
function decisionsBefore(read: Reader, before: number, limit: number): readonly AuditRow[] {
  const kept = listAudit(read, { before, limit, except: EDIT_ACTION });
  const at = droppedDecision(read);
  if (at === undefined || before === DROPPED_ID || kept.length === limit) return kept;
  const { days, rows } = AUDIT_LIMITS;
  const detail = `Decisions up to here were dropped: those of ${days} days are kept, and ${rows.toLocaleString('en')} at most. Commits are all here.`;
  return [...kept, { id: DROPPED_ID, at, actor: 'Claworc', action: 'drop', subject: '', editId: null, detail }];
}

/** Below that of every row. */
const DROPPED_ID = 0;

/** Each list keeps its order. */
function mergeByTime(one: readonly Entry[], other: readonly Entry[]): Entry[] {
  const merged: Entry[] = [];
  let at = 0;
  for (const entry of one) {
    for (let next = other[at]; next !== undefined && Date.parse(next.at) > Date.parse(entry.at); next = other[at]) {
      merged.push(next);
      at += 1;
    }
    merged.push(entry);
  }
  return [...merged, ...other.slice(at)];
}

function resultsIn(
  { store, cluster, freshness }: AppContext,
  commits: readonly LoggedCommit[],
): readonly ResultsOfUnits[] {
  const { observed } = cluster;
  const isThrough = (unit: string): boolean =>
    observed.unit(unit)?.sync === 'applied' && freshness.isCurrent(unit, observed.isAbout(unit));
  const ids = commits.map(({ commit }) => commit);
  const changes = commits.map(({ commit, files }) => ({ commit, units: unitsIn(files) }));
  return resultsOfUnits(changes, listJournalOf(store.reader, ids), isThrough);
}

function draftEntry(edit: EditRow, wait: string | null): Entry {
  const { id, at, author, message, state, detail, files } = draftOf(edit, wait);
  return {
    id,
    at,
    actor: author,
    message,
    instances: namesIn(files),
    commit: null,
    signature: null,
    state,
    detail,
    applied: 0,
  };
}

function commitEntry(
  commit: LoggedCommit,
  signature: Entry['signature'],
  results: ResultsOfUnits = { applied: [], failed: [] },
): Entry {
  const { applied, failed } = results;
  const units = unitsIn(commit.files);
  const isDone = units.length > 0 && applied.length === units.length;
  const [first, ...others] = failed;
  const more = others.length === 0 ? '' : `, and ${others.length} more`;
  return {
    id: commit.trailers[EDIT_TRAILER] ?? commit.commit,
    at: commit.committedAt,
    actor: commit.author.name,
    message: commit.subject,
    instances: namesIn(commit.files),
    commit: commit.commit,
    signature,
    state: first === undefined ? (isDone ? 'applied' : 'published') : 'failed',
    detail: first === undefined ? '' : `${units.length === 1 ? '' : `${nameOf(first.unit)}: `}${first.why}${more}`,
    applied: applied.filter((unit) => unit !== FLEET_UNIT).length,
  };
}

function auditEntry({ id, at, actor, subject, detail, action }: AuditRow): Entry {
  const instances = subject.startsWith('bot-') ? [subject] : [];
  const entry = { id: `audit-${id}`, at, actor, message: detail, instances, commit: null, signature: null, applied: 0 };
  return { ...entry, state: action, detail: '' };
}

const nameOf = (unit: string): string => (unit === FLEET_UNIT ? 'The fleet' : unit);

type Files = readonly { readonly path: string }[];

/** Names of the bots whose files these are. */
function namesIn(files: Files): string[] {
  const names = files.map(({ path }) => /^(?:instances|dist|secrets|tombstones)\/(bot-[a-z0-9-]+)/.exec(path)?.[1]);
  return [...new Set(names)].filter((name) => name !== undefined).sort();
}

/** The bots, and what they share. */
function unitsIn(files: Files): string[] {
  const isShared = files.some(({ path }) => path === FLEET_PATH || path.startsWith('secrets/global/'));
  return [...namesIn(files), ...(isShared ? [FLEET_UNIT] : [])];
}
