import { keyFolder, manifestFolder, recordPath, sourcePath, tombstonePath } from '../../../constructs/repo/paths.ts';
import type { Change } from '../../http/schemas/answers.ts';
import { unitOf, type EditRow } from '../../store/edit.ts';
import { listJournal, type JournalRow } from '../../store/journal.ts';
import { readFilePatches } from './commit-patches.ts';
import { changeOf } from './commits.ts';
import type { AppContext } from '../app-context.ts';
import type { EditedInstance } from './edited.ts';
import { readShownInstance } from './leaving.ts';
import { apiFieldOf } from './fields.ts';

/** The open drafts of a bot, then the commits that touched it, newest first. Throws `not_found`. */
export async function getHistory(context: AppContext, id: string, limit: number): Promise<Change[]> {
  const desired = readShownInstance(context, id);
  const { name } = desired.row;
  const commits = await context.repository.log({ paths: pathsOf(name), limit });
  const own = commits.map((commit) => ({ ...commit, files: commit.files.filter(({ path }) => belongsTo(path, name)) }));
  const files = await readFilePatches(context.repository, own);
  const changes = own.map((commit, index) => changeOf(commit, files[index] ?? []));
  return [...draftsOf(desired), ...withProgress(context, name, changes)];
}

function pathsOf(name: string): string[] {
  return [recordPath(name), manifestFolder(name), keyFolder(name), tombstonePath(name)];
}

function belongsTo(path: string, name: string): boolean {
  return pathsOf(name).some((own) => (own.endsWith('/') ? path.startsWith(own) : path === own));
}

function draftsOf({ drafts }: EditedInstance): Change[] {
  return drafts.map((edit) => draftOf(edit)).reverse();
}

export function draftOf(edit: EditRow): Change {
  return {
    id: edit.id,
    commit: null,
    message: edit.message,
    author: edit.author.name,
    at: edit.at,
    state: edit.state === 'conflict' || edit.state === 'failed' || edit.state === 'proposed' ? edit.state : 'draft',
    published_at: null,
    applied_at: null,
    healthy_at: null,
    detail: detailOf(edit),
    files: [...new Set(edit.changes.map(unitOf))].map((unit) => ({ path: sourcePath(unit), patch: '' })),
  };
}

function detailOf({ state, detail, conflicts, proposal }: EditRow): string {
  if (proposal !== undefined && (state === 'pending' || state === 'proposed')) return `Waits in proposal ${proposal}`;
  if (state === 'failed') return detail;
  if (state !== 'conflict') return 'Waits for its commit';
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

/** Adds what became of each commit in the cluster; `changes` are newest first. */
function withProgress({ cluster, store }: AppContext, name: string, changes: readonly Change[]): Change[] {
  const live = cluster.observed.unit(name);
  const journal = listJournal(store.reader, { unit: name, limit: 500 }).reverse();
  return changes.map((change, index) => {
    const applied_at = firstAfter(journal, 'applied', change);
    const healthy_at = firstAfter(journal, 'healthy', change);
    if (index === 0 && live?.sync === 'failed') return { ...change, state: 'failed', detail: live.reason };
    if (applied_at === null) return { ...change, detail: index === 0 ? (live?.reason ?? '') : '' };
    return { ...change, state: 'applied', applied_at, healthy_at };
  });
}

function firstAfter(journal: readonly JournalRow[], event: string, { published_at: since }: Change): string | null {
  return (
    journal.find((row) => row.event === event && since !== null && Date.parse(row.at) >= Date.parse(since))?.at ?? null
  );
}
