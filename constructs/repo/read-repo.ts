import { RepoReader, type Reading, type ReadRepoOptions } from './repo-reader.ts';
import type { Repo, RepoFiles } from './repo.ts';

/** Reads an instances repo. Never throws on content: a broken file is a problem of its unit, and all others go on. */
export function readRepo(files: RepoFiles, options: ReadRepoOptions = {}): Repo {
  const reader = new RepoReader(options);
  for (const path of [...files.keys()].sort()) reader.add(path, files.get(path) ?? new Uint8Array());
  return remember(reader.finish(files));
}

/**
 * What `readRepo` makes of `files`, at the price of what differs from `before`, which was made of `filesBefore`. Bytes
 * are told apart by identity. Entries, folders and the fleet that did not change are the very same values as in `before`.
 */
export function updateRepo(before: Repo, filesBefore: RepoFiles, files: RepoFiles): Repo {
  const reading = readings.get(before);
  if (reading === undefined) return readRepo(files);
  const changed = [...files].filter(([path, bytes]) => filesBefore.get(path) !== bytes).map(([path]) => path);
  const came = changed.filter((path) => !filesBefore.has(path));
  const isSamePaths = came.length === 0 && files.size === filesBefore.size;
  const left = isSamePaths ? [] : [...filesBefore.keys()].filter((path) => !files.has(path));
  const reader = new RepoReader({}, reading);
  for (const path of left) reader.remove(path);
  for (const path of changed.sort()) reader.add(path, files.get(path) ?? new Uint8Array());
  return remember(reader.finish(files, isSamePaths));
}

/** The same reading with another dist/, or with problems and broken keys that were found elsewhere. */
export function repoWith(repo: Repo, changes: Partial<Pick<Repo, 'dist' | 'problems' | 'brokenKeys'>>): Repo {
  const changed = { ...repo, ...changes };
  const reading = readings.get(repo);
  if (reading === undefined) return changed;
  readings.set(changed, { ...reading, repo: { ...reading.repo, dist: changed.dist } });
  return changed;
}

/** How each repo was read, as long as it lives: what an update goes on from. */
const readings = new WeakMap<Repo, Reading>();

function remember(reading: Reading): Repo {
  readings.set(reading.repo, reading);
  return reading.repo;
}
