import { mayHoldSecret } from '../../../constructs/repo/secret-text.ts';
import { manifestValue } from '../../../constructs/schema/yaml/parse-document.ts';
import { createTwoFilesPatch } from 'diff';
import { isDeepStrictEqual } from 'node:util';
import type { CreateInstance } from '../../http/schemas/instance.ts';
import type { ChangeRequest } from '../../http/schemas/requests.ts';
import type { UpdateSettings } from '../../http/schemas/settings.ts';
import type { Preview } from '../../http/schemas/answers.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Snapshot } from '../../git/read/snapshots.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { concealPatch } from './conceal-patch.ts';
import { planConfig } from './config.ts';
import type { AppContext } from '../app-context.ts';
import { planCreate } from './create.ts';
import { planDelete } from './delete.ts';
import { planLifecycle } from './lifecycle.ts';
import { planUpdate } from './update.ts';
import { planSettings } from '../fleet/update-settings.ts';
import { prepareWrite } from './prepare-write.ts';
import type { PlannedWrite } from './write.ts';

/** What creating this bot would commit. Throws as `createInstance` does. */
export async function previewCreate(context: AppContext, body: CreateInstance): Promise<Preview> {
  return preview(context, await planCreate(context, body));
}

/** What changing these settings would commit. Throws as `updateSettings` does. */
export async function previewSettings(context: AppContext, body: UpdateSettings): Promise<Preview> {
  return preview(context, await planSettings(context, body));
}

/** What a change of a bot would commit. Throws as the write itself does. */
export async function previewChange(context: AppContext, id: string, body: ChangeRequest): Promise<Preview> {
  return preview(context, await planChange(context, id, body));
}

async function planChange(context: AppContext, id: string, body: ChangeRequest): Promise<PlannedWrite> {
  const { action, config, data, ...update } = body;
  const asked = [action !== undefined, config !== undefined, Object.keys(update).length > 0].filter(Boolean).length;
  if (asked > 1) throw new ClaworcError('invalid', 'Ask about one change at a time: fields, a config, or an action.');
  if (data !== undefined && action !== 'delete') {
    throw new ClaworcError('invalid', 'data belongs to the action delete.', { field: 'data' });
  }
  if (config !== undefined) return planConfig(context, id, config);
  if (action === 'delete') return planDelete(context, id, data ?? 'retain');
  if (action !== undefined) return planLifecycle(context, id, action);
  return planUpdate(context, id, update);
}

/** Puts the planned documents on top of main as it is now, as publishing would; nothing is written. */
async function preview(context: AppContext, { message, changes }: PlannedWrite): Promise<Preview> {
  if (changes.length === 0) return { message, files: [], restarts: [] };
  const { repository } = context;
  const { main: snapshot, prepared } = await prepareWrite(context, { message, changes });
  const after = prepared.state === 'ready' ? prepared.changes : new Map<string, null>();
  const before = await textsBefore(repository, snapshot, [...after.keys()]);
  const files = [...after]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => {
      return { path, before: before.get(path), after: textOf(content) };
    });
  return { message, files: files.map(describeFile), restarts: files.flatMap(restartedBy) };
}

/** What main has of these paths; texts under dist/ are in git alone. */
async function textsBefore(
  repository: GitRepository,
  { commit, files }: Snapshot,
  paths: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const there = paths.filter((path) => files.has(path));
  const found = commit === null ? [] : await repository.readSome(commit, there);
  return new Map([...found].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]));
}

interface FileChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

function describeFile({ path, before, after }: FileChange): Preview['files'][number] {
  const patch = createTwoFilesPatch(
    before === undefined ? '/dev/null' : `a/${path}`,
    after === undefined ? '/dev/null' : `b/${path}`,
    before ?? '',
    after ?? '',
  );
  // The library's first line is a rule of `=` that git does not have.
  const fromHeader = patch.slice(patch.indexOf('--- '));
  const action = before === undefined ? 'create' : after === undefined ? 'remove' : 'configure';
  const sides = [before, after].filter((text) => text !== undefined);
  const isSecret = path.startsWith('secrets/') || sides.some(mayHoldSecret);
  return { path, action, patch: concealPatch(path, fromHeader, isSecret) };
}

/** The bot whose running pod is replaced because this file changes. */
function restartedBy({ path, before, after }: FileChange): string[] {
  const name = /^dist\/([^/]+)\/deployment\.yaml$/.exec(path)?.[1];
  if (name === undefined || before === undefined || after === undefined) return [];
  const [old, next] = [specOf(before), specOf(after)];
  const isRunning = old?.replicas !== 0 && next?.replicas !== 0;
  return isRunning && !isDeepStrictEqual(old?.template, next?.template) ? [name] : [];
}

function specOf(text: string): { readonly replicas?: number; readonly template?: unknown } | undefined {
  return (manifestValue(text) as { spec?: { replicas?: number; template?: unknown } } | null)?.spec;
}

function textOf(content: Uint8Array | string | null | undefined): string | undefined {
  if (content === null || content === undefined) return undefined;
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}
