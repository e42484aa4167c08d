import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf, recordPath } from '../../../constructs/repo/paths.ts';
import { readRepo } from '../../../constructs/repo/read-repo.ts';
import { withRefused } from '../../../constructs/repo/refused-files.ts';
import type { Repo, RepoFiles, UnitProblem } from '../../../constructs/repo/repo.ts';
import type { SynthResult } from '../../../constructs/repo/synth-repo.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';
import { openSynthCache, type SynthCache } from './synth-cache.ts';
import { folderIn } from './folder-in.ts';
import { readRepoFolder, sweepLeftovers, writeRepoFolder } from './synth-folder.ts';

export interface SynthFolderOptions {
  /** A checkout of an instances repo, or the folder of a checkout that is one. */
  readonly folder: string;
  /** Where in `folder` the instances repo lies. @default its top */
  readonly path?: string;
  /** Also asks a repository that belongs to another user. @default false */
  readonly anyOwner?: boolean;
  /** Write nothing, and believe no cache. */
  readonly check: boolean;
  /** Where the cache is kept, outside the checkout; null for none. */
  readonly cacheFolder: string | null;
  /** UTC, ISO 8601: for tombstones. */
  readonly at: string;
  readonly by: string;
}

export interface SynthFolderResult extends SynthResult {
  /** The version of the output that claworc.yaml asks for; null where it can't be read. */
  readonly rendering: number | null;
}

/** Renders the records of a checkout to its dist/, unless it is only a check. */
export async function synthFolder(options: SynthFolderOptions): Promise<SynthFolderResult> {
  const { check, cacheFolder } = options;
  const folder = folderIn(options.folder, options.path);
  const read = readRepoFolder(folder);
  const cache = check || cacheFolder === null ? undefined : openSynthCache(folder, cacheFolder);
  const repo = withRefused(readRepo(read.files, cache === undefined ? {} : { recall: cache.recall }), read.refused);
  const rendering = repo.fleet?.spec.rendering ?? null;
  const committed = await committedRecords(folder, read.files, options.anyOwner);
  const previous = committed ?? new Map<string, string>();
  const unchanged = cache === undefined ? undefined : nothingToDo(repo, previous, cache);
  if (unchanged !== undefined && read.leftovers.length === 0) return { ...unchanged, rendering };
  // The renderer is dear to load, and not needed where nothing changed.
  const { synthRepo } = await import('../../../constructs/repo/synth-repo.ts');
  const result = synthRepo(repo, {
    at: options.at,
    by: options.by,
    previous: { records: previous },
    ...(cache === undefined ? {} : { isCurrent: (unit: string) => cache.isCurrent(repo, unit) }),
  });
  if (!check) {
    sweepLeftovers(folder, read.leftovers);
    writeRepoFolder(folder, result.changes);
    cache?.save(repo, result);
  }
  return { ...result, rendering, problems: committed === null ? [...result.problems, NO_HISTORY] : result.problems };
}

/** The result where every instance is current and none has left; undefined where rendering has to look. */
function nothingToDo(repo: Repo, previous: ReadonlyMap<string, unknown>, cache: SynthCache): SynthResult | undefined {
  if (repo.problems.length > 0 || repo.fleet === null) return undefined;
  const names = [...repo.records.keys()];
  const isWhole = [...repo.dist.keys(), ...previous.keys()].every((unit) => repo.records.has(unit));
  if (!isWhole || !names.every((name) => cache.isCurrent(repo, name))) return undefined;
  const summary = names.map((name) => ({ name, action: 'unchanged' as const, fields: [] }));
  return { changes: new Map(), summary, tombstones: [], problems: [] };
}

/**
 * Names of the instances at the last commit, where the folder is in a git checkout: one that is missing now was removed,
 * even if its rendered files are gone as well. Null where git cannot say. Throws `git_refused` where git was told to leave
 * files out of the checkout, or where it belongs to another user.
 */
async function committedRecords(
  folder: string,
  files: RepoFiles,
  anyOwner = false,
): Promise<ReadonlyMap<string, string> | null> {
  const { top, path } = locateFolder(folder);
  if (!existsSync(join(top, '.git'))) return new Map();
  const { openRepository } = await import('../../git/repository.ts');
  try {
    const repository = await openRepository({ folder: top, path, anyOwner, log: silentLog });
    const hidden = (await repository.hiddenFiles()).filter((file) => isOurs(file) && !files.has(file));
    if (hidden.length > 0) throw hiddenFilesError(folder, hidden);
    const head = await repository.head();
    const paths = head === null ? [] : await repository.diffCommits(null, head);
    const places = paths.map(placeOf);
    return new Map(places.flatMap((place) => (place.kind === 'record' ? [[place.name, recordPath(place.name)]] : [])));
  } catch (error) {
    if (error instanceof ClaworcError && error.body.refusal === true) throw error;
    return null;
  }
}

function isOurs(file: string): boolean {
  return placeOf(file).kind !== 'other';
}

function hiddenFilesError(folder: string, hidden: readonly string[]): ClaworcError {
  const [first = ''] = hidden;
  const more = hidden.length === 1 ? '' : ` and ${hidden.length - 1} more`;
  return new ClaworcError(
    'git_refused',
    `${folder} is a sparse checkout: git leaves out ${first}${more}, so what is missing here may not have been removed. ` +
      'Nothing was written; `git sparse-checkout disable` brings every file back.',
    { subject: folder, body: { refusal: true } },
  );
}

const NO_HISTORY: UnitProblem = {
  file: '.git',
  field: '',
  message: 'the last commit cannot be read, so only dist/ tells which instances were removed',
  unit: null,
  severity: 'warning',
};
