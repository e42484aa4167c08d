import { changedEntries } from './layered-map.ts';
import { RepoReader, type Reading, type ReadRepoOptions } from './repo-reader.ts';
import { compareTexts, type Repo, type RepoContents } from './repo.ts';

/** Reads an instances repo. Never throws on content: a broken file is a problem of its unit, and all others go on. */
export function readRepo(files: RepoContents, options: ReadRepoOptions = {}): Repo {
  const reader = new RepoReader(options);
  for (const path of [...files.keys()].sort()) reader.add(path, files.get(path) ?? new Uint8Array());
  return remember(reader.finish(files));
}

/**
 * What `readRepo` makes of `files`, at the price of what differs from `before`, which was made of `filesBefore`. Bytes
 * are told apart by identity. Entries, folders and the fleet that did not change are the very same values as in `before`.
 */
export function updateRepo(before: Repo, filesBefore: RepoContents, files: RepoContents): Repo {
  const reading = readings.get(before);
  if (reading === undefined) return readRepo(files);
  const changed = [...changedEntries(filesBefore, files)].sort(([a], [b]) => compareTexts(a, b));
  const isSamePaths = changed.every(([path, bytes]) => bytes !== undefined && filesBefore.has(path));
  const reader = new RepoReader({}, reading);
  for (const [path, bytes] of changed) if (bytes === undefined) reader.remove(path);
  for (const [path, bytes] of changed) if (bytes !== undefined) reader.add(path, bytes);
  return remember(reader.finish(files, isSamePaths));
}

/** The same reading with another dist/, or with what was found elsewhere: problems, broken keys, a fleet that does not count. */
export function repoWith(
  repo: Repo,
  changes: Partial<Pick<Repo, 'dist' | 'problems' | 'brokenKeys' | 'claimed' | 'fleet' | 'fleetText'>>,
): Repo {
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
