import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { placeOf, recordPath } from '../../../constructs/repo/paths.ts';
import { readRepo } from '../../../constructs/repo/read-repo.ts';
import type { Repo, UnitProblem } from '../../../constructs/repo/repo.ts';
import type { SynthResult } from '../../../constructs/repo/synth-repo.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';
import { openSynthCache, type SynthCache } from './synth-cache.ts';
import { readRepoFolder, sweepLeftovers, writeRepoFolder, type RepoFolder } from './synth-folder.ts';

export interface SynthFolderOptions {
  /** A checkout of an instances repo. */
  readonly folder: string;
  /** Write nothing, and believe no cache. */
  readonly check: boolean;
  /** Where the cache is kept, outside the checkout; null for none. */
  readonly cacheFolder: string | null;
  /** UTC, ISO 8601: for tombstones. */
  readonly at: string;
  readonly by: string;
}

/** Renders the records of a checkout to its dist/, unless it is only a check. */
export async function synthFolder(options: SynthFolderOptions): Promise<SynthResult> {
  const { folder, check, cacheFolder } = options;
  if (!existsSync(folder)) throw new ClaworcError('not_found', `There is no folder ${folder}.`, { subject: folder });
  const read = readRepoFolder(folder);
  const cache = check || cacheFolder === null ? undefined : openSynthCache(folder, cacheFolder);
  const repo = withRefused(readRepo(read.files, cache === undefined ? {} : { recall: cache.recall }), read);
  const committed = await committedRecords(folder);
  const previous = committed ?? new Map<string, string>();
  const unchanged = cache === undefined ? undefined : nothingToDo(repo, previous, cache);
  if (unchanged !== undefined && read.leftovers.length === 0) return unchanged;
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
  return committed === null ? { ...result, problems: [...result.problems, NO_HISTORY] } : result;
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

/** Entries that are no plain files are problems of the repo, as broken records are. */
export function withRefused(repo: Repo, { refused }: Pick<RepoFolder, 'refused'>): Repo {
  if (refused.length === 0) return repo;
  const problems: UnitProblem[] = refused.map(({ path, reason }) => ({
    file: path,
    field: '',
    message: reason,
    unit: null,
    severity: 'error',
  }));
  const claimed = refused.flatMap(({ path }) => /^instances\/([^/]+?)(?:\.ya?ml)?$/.exec(path)?.[1] ?? []);
  return { ...repo, problems: [...repo.problems, ...problems], claimed: new Set([...repo.claimed, ...claimed]) };
}

/**
 * Names of the instances at the last commit, where the folder is the top of a git checkout: one that is missing now
 * was removed, even if its rendered files are gone as well. Null where git cannot say.
 */
async function committedRecords(folder: string): Promise<ReadonlyMap<string, string> | null> {
  if (!existsSync(join(folder, '.git'))) return new Map();
  const { openRepository } = await import('../../git/repository.ts');
  try {
    const repository = await openRepository({ folder, log: silentLog });
    const head = await repository.head();
    const paths = head === null ? [] : await repository.diffCommits(null, head);
    const places = paths.map(placeOf);
    return new Map(places.flatMap((place) => (place.kind === 'record' ? [[place.name, recordPath(place.name)]] : [])));
  } catch {
    return null;
  }
}

const NO_HISTORY: UnitProblem = {
  file: '.git',
  field: '',
  message: 'the last commit cannot be read, so only dist/ tells which instances were removed',
  unit: null,
  severity: 'warning',
};
