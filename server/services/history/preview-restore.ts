import type { RestorePreview } from '../../http/schemas/history.ts';
import { placeOf } from '../../../constructs/repo/paths.ts';
import type { AppContext } from '../app-context.ts';
import { prepareWrite } from '../instances/prepare-write.ts';
import { effectOf } from '../review/effect-between.ts';
import { patchOf } from '../review/object-effects.ts';
import type { PlannedRestore } from './planned-restore.ts';

/** What a restore would commit on top of main as it is now, and what that would do. Nothing is written. */
export async function previewRestore(
  context: AppContext,
  { message, changes, commit, notes }: PlannedRestore,
): Promise<RestorePreview> {
  const { repository, snapshots } = context;
  const none = { message, notes: [...notes], files: [] };
  const untouched = async (): Promise<RestorePreview> => {
    const main = await snapshots.at(await repository.head());
    return { ...none, effect: await effectOf(repository, main, main, commit) };
  };
  if (changes.length === 0) return untouched();
  const { main, prepared } = await prepareWrite(context, { message, changes });
  if (prepared.state === 'nothing') return untouched();
  const sources = [...prepared.changes].filter(([path]) => placeOf(path).kind !== 'manifest');
  const there = sources.map(([path]) => path).filter((path) => main.files.has(path));
  const before = main.commit === null ? new Map<string, Uint8Array>() : await repository.readSome(main.commit, there);
  return {
    ...none,
    files: sources
      .map(([path, content]) => ({
        path,
        patch: patchOf({ path, before: textOf(before.get(path)), after: textOf(content) }),
      }))
      .sort((a, b) => (a.path < b.path ? -1 : 1)),
    effect: await effectOf(repository, main, prepared.result, commit),
  };
}

function textOf(content: Uint8Array | string | null | undefined): string | undefined {
  if (content === null || content === undefined) return undefined;
  return typeof content === 'string' ? content : Buffer.from(content).toString('utf8');
}
