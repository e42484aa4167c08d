import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programs, type Program, type ProgramName } from './programs.ts';

const toolsFolder = join(import.meta.dirname, 'tools');

/** Folder name for everything that decides a program's bytes but the Go release: pins, package and flags. */
export async function buildKey(name: ProgramName): Promise<string> {
  const program = programs[name];
  const hash = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) hash.update(await readFile(join(toolsFolder, program.module, file)));
  hash.update(JSON.stringify(buildArguments(program)));
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

/** Builds one program to `target`, which appears only when it is complete. Throws with the end of Go's output. */
export async function buildProgram(name: ProgramName, target: string, signal?: AbortSignal): Promise<void> {
  const program = programs[name];
  const unfinished = `${target}.${process.pid}.tmp`;
  const args = ['build', ...buildArguments(program), '-o', unfinished, program.package];
  try {
    await runGo(args, join(toolsFolder, program.module), signal);
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { force: true });
  }
}

function buildArguments(program: Program): string[] {
  return ['-mod=readonly', '-trimpath', '-ldflags', program.ldflags];
}

function runGo(args: readonly string[], cwd: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    // Polite to whatever else runs here: a cold build keeps every core busy for minutes.
    const child = spawn('nice', ['-n', '10', 'go', ...args], {
      cwd,
      env: { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' },
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
