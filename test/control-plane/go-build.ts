import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programs, type Program, type ProgramName } from './programs.ts';
import { ControlPlaneUnavailable } from './unavailable.ts';

const toolsFolder = join(import.meta.dirname, 'tools');

/** Folder name for everything that decides a program's bytes but the Go release: pins, sources of ours, package and flags. */
export async function buildKey(name: ProgramName): Promise<string> {
  const program: Program = programs[name];
  const hash = createHash('sha256');
  const folder = join(toolsFolder, program.module);
  const sources = (await readdir(folder)).filter((file) => file.endsWith('.go')).sort();
  for (const file of ['go.mod', 'go.sum', ...sources]) hash.update(await readFile(join(folder, file)));
  hash.update(JSON.stringify(buildArguments(program)));
  const { cgo, files } = program;
  if (cgo || files) hash.update(JSON.stringify({ cgo, files }));
  return hash.digest('hex').slice(0, 20);
}

/** The Go release that would build, e.g. `go1.26.8`; undefined without a Go toolchain. */
export async function findGoVersion(module: Program['module']): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('go', ['env', 'GOVERSION'], { cwd: join(toolsFolder, module) });
    return stdout.trim() || undefined;
  } catch {
    return undefined;
  }
}

/** The folder with the module's files that a program reads while it runs. */
export function filesBeside(target: string): string {
  return `${target}-files`;
}

/**
 * Builds one program to `target`, which appears only when it and the files beside it are complete. Throws with the end
 * of Go's output, and ControlPlaneUnavailable where the C compiler that it needs is missing.
 */
export async function buildProgram(name: ProgramName, target: string, signal?: AbortSignal): Promise<void> {
  const program: Program = programs[name];
  const unfinished = `${target}.${process.pid}.tmp`;
  const args = ['build', ...buildArguments(program), '-o', unfinished, program.package];
  if (program.cgo) await assertCompilerFor(name, program);
  try {
    await runGo(args, program, signal);
    if (program.files) await copyFiles(program, program.files, filesBeside(target));
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
}

function buildArguments(program: Program): string[] {
  const tags = program.tags === undefined ? [] : ['-tags', program.tags];
  return ['-mod=readonly', '-trimpath', '-ldflags', program.ldflags, ...tags];
}

async function assertCompilerFor(name: ProgramName, program: Program): Promise<void> {
  const compiler = await askGo(['env', 'CC'], program);
  try {
    await promisify(execFile)(compiler, ['--version']);
  } catch (cause) {
    throw new ControlPlaneUnavailable(
      `${name} is needed and there is no C compiler (${compiler}) to build it: install one (Debian packages gcc, libc6-dev).`,
      { cause },
    );
  }
}

/** Go's module cache may be cleaned at any time and is read-only, which a copy must not be. */
async function copyFiles(program: Program, files: NonNullable<Program['files']>, target: string): Promise<void> {
  const source = await askGo(['list', '-m', '-f', '{{.Dir}}', files.module], program);
  const unfinished = `${target}.${process.pid}.tmp`;
  try {
    await mkdir(unfinished);
    for (const folder of files.folders) await cp(join(source, folder), join(unfinished, folder), { recursive: true });
    await promisify(execFile)('chmod', ['-R', 'u+w', unfinished]);
    await rm(target, { recursive: true, force: true });
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function askGo(args: readonly string[], program: Program): Promise<string> {
  const { stdout } = await promisify(execFile)('go', args, { cwd: join(toolsFolder, program.module) });
  return stdout.trim();
}

function runGo(args: readonly string[], program: Program, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    // Polite to whatever else runs here: a cold build keeps every core busy for minutes.
    const child = spawn('nice', ['-n', '10', 'go', ...args], {
      cwd: join(toolsFolder, program.module),
      env: { ...process.env, CGO_ENABLED: program.cgo ? '1' : '0', GOWORK: 'off' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...(signal && { signal }),
    });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4000);
    });
    child.on('error', reject);
    child.on('close', (code, killedBy) => {
      if (code === 0) {
        resolve();
        return;
      }
      const tail = output.trimEnd().split('\n').slice(-25).join('\n');
      reject(new Error(`go ${args[0]} of ${args.at(-1)} failed (${killedBy ?? `exit code ${code}`}):\n${tail}`));
    });
  });
}
