import { constants } from 'node:fs';
import { access, mkdir, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withFileLock } from './file-lock.ts';
import { buildKey, buildProgram, findGoVersion } from './go-build.ts';
import { programNames, programs, type ProgramName } from './programs.ts';
import { ControlPlaneUnavailable } from './unavailable.ts';

export interface ResolveOptions {
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Paths of the named programs, each taken from KUBEBUILDER_ASSETS, else from the cache, else built from its pinned
 * Go module into the cache (minutes the first time, with a line to `log` for each).
 * Throws ControlPlaneUnavailable when one is missing and there is no Go toolchain to build it.
 */
export async function resolveBinaries<Name extends ProgramName>(
  names: readonly Name[],
  options: ResolveOptions,
): Promise<Record<Name, string>> {
  const paths: Partial<Record<Name, string>> = {};
  for (const name of names) paths[name] = await resolveBinary(name, options);
  return paths as Record<Name, string>;
}

export async function resolveBinary(name: ProgramName, options: ResolveOptions): Promise<string> {
  const assets = process.env.KUBEBUILDER_ASSETS;
  if (assets && (await isProgram(join(assets, name)))) return join(assets, name);

  const keyFolder = join(cacheFolder(), await buildKey(name));
  const goVersion = await findGoVersion(programs[name].module);
  if (!goVersion) return findBuiltByAnyGo(name, keyFolder);

  const target = join(keyFolder, platformFolder(goVersion), name);
  if (await isProgram(target)) return target;
  return buildOnce(name, target, options);
}

async function buildOnce(name: ProgramName, target: string, { log, signal }: ResolveOptions): Promise<string> {
  const lock = `${target}.lock`;
  const onWait = (pid: number): void => log(`waiting for process ${pid}, which is building ${name}…`);
  await withFileLock(lock, onWait, async () => {
    if (await isProgram(target)) return;
    const number = programNames.indexOf(name) + 1;
    log(`building ${name} (${number} of ${programNames.length}, ${programs[name].firstBuild})…`);
    const started = performance.now();
    await mkdir(join(target, '..'), { recursive: true });
    await buildProgram(name, target, signal);
    log(`built ${name} in ${Math.round((performance.now() - started) / 1000)} s`);
  });
  return target;
}

/** Without Go the release that built the cached program can't matter any more. */
async function findBuiltByAnyGo(name: ProgramName, keyFolder: string): Promise<string> {
  const folders = await readdir(keyFolder).catch(() => []);
  for (const folder of folders.filter((entry) => entry.endsWith(platformFolder('')))) {
    const path = join(keyFolder, folder, name);
    if (await isProgram(path)) return path;
  }
  throw new ControlPlaneUnavailable(
    `${name} is needed and there is no Go toolchain to build it: install Go 1.26 or newer, ` +
      `or point KUBEBUILDER_ASSETS at a folder that holds ${name}.`,
  );
}

function platformFolder(goVersion: string): string {
  return `${goVersion}-${process.platform}-${process.arch}`;
}

/** Where built programs live, outside the tree. Safe to delete at any time. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME: configured = '' } = process.env;
  const base = configured === '' ? join(homedir(), '.cache') : configured;
  return join(base, 'claworc', 'test-programs');
}

async function isProgram(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
