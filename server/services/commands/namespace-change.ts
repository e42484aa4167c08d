import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { readRepo } from '../../../constructs/repo/read-repo.ts';
import type { RepoFiles, UnitProblem } from '../../../constructs/repo/repo.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { openRepository, type GitRepository } from '../../git/repository.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { silentLog } from '../../lib/log.ts';

/**
 * The problem of a claworc.yaml that names another namespace than the last commit, or the one before it, while there are
 * bots: they would run twice. A warning where git can't say; null outside of git, and for a change that takes back one
 * which should not have come to main: the bots still live where they were.
 */
export async function findNamespaceChange(
  folder: string,
  files: RepoFiles,
  anyOwner = false,
): Promise<UnitProblem | null> {
  const { top, path } = locateFolder(folder);
  if (!existsSync(join(top, '.git'))) return null;
  try {
    return await compareWithHistory(await openRepository({ folder: top, path, anyOwner, log: silentLog }), files);
  } catch (error) {
    if (error instanceof ClaworcError) return unknownHistory(error.message);
    throw error;
  }
}

function unknownHistory(reason: string): UnitProblem {
  return {
    file: '.git',
    field: '',
    message: `the last commit cannot be read, so nobody can tell whether the namespace changes: ${reason}`,
    unit: null,
    severity: 'warning',
  };
}

async function compareWithHistory(repository: GitRepository, files: RepoFiles): Promise<UnitProblem | null> {
  const head = await repository.head();
  const [last] = head === null ? [] : await repository.log({ limit: 1, until: head, firstParent: true });
  for (const commit of [head, last?.parents[0] ?? null]) {
    const bytes = commit === null ? null : await repository.readFile(commit, FLEET_PATH);
    const problem = bytes === null ? null : namespaceChange(bytes, files);
    if (commit !== null && problem !== null && !(await takesBack(repository, commit, files))) return problem;
  }
  return null;
}

/** True where main came to the namespace that it names at `commit` while bots lived in the one that `files` names. */
async function takesBack(repository: GitRepository, commit: string, files: RepoFiles): Promise<boolean> {
  const { versions } = await repository.fileVersions(commit, FLEET_PATH);
  const left = namespaceIn(versions[0]?.bytes);
  const at = versions.findIndex(({ bytes }) => namespaceIn(bytes) !== left);
  const [change, earlier] = [versions[at - 1], versions[at]];
  if (change === undefined || earlier === undefined || earlier.bytes === null) return false;
  if (namespaceIn(earlier.bytes) !== namespaceIn(files.get(FLEET_PATH))) return false;
  return namespaceChange(earlier.bytes, (await repository.readFiles(change.commit)).files) !== null;
}

function namespaceIn(bytes: Uint8Array | null | undefined): string | null {
  const parsed = bytes === null || bytes === undefined ? undefined : parseFleet(bytes, FLEET_PATH);
  return parsed?.ok === true ? parsed.fleet.spec.namespace : null;
}

/** Compares with an earlier claworc.yaml. Pure. */
export function namespaceChange(earlier: Uint8Array, files: RepoFiles): UnitProblem | null {
  const parsed = parseFleet(earlier, FLEET_PATH);
  const { fleet, fleetText, records } = readRepo(files);
  if (!parsed.ok || fleet === null || records.size === 0) return null;
  const [before, after] = [parsed.fleet.spec.namespace, fleet.spec.namespace];
  if (before === after) return null;
  const lines = (fleetText ?? '').split('\n');
  const at = lines.findIndex((line) => /^\s*namespace:/.test(line));
  const source = lines[at];
  const bots = records.size === 1 ? '1 bot lives' : `${records.size} bots live`;
  return {
    file: FLEET_PATH,
    field: 'spec.namespace',
    message:
      `changes from ${before} to ${after} while ${bots} in ${before}: they would run twice, and volumes do not move. ` +
      `To move, delete the bots in one commit, change the namespace in the next, and create them again`,
    ...(source === undefined
      ? {}
      : { line: at + 1, column: source.indexOf('namespace') + 1, source: source.slice(0, 160) }),
    severity: 'error',
    unit: null,
  };
}
