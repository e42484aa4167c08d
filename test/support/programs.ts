import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { resolveBinary } from '../control-plane/binaries.ts';
import { withFileLock } from '../control-plane/file-lock.ts';
import { ProgramUnavailable } from '../control-plane/unavailable.ts';

type Log = (line: string) => void;

/** One program that a system package brings. */
interface SystemProgram {
  readonly title: string;
  /** Names it may have on PATH, or absolute paths, the best first. */
  readonly names: readonly string[];
  /** Debian package, installed when it is missing and this process is root. */
  readonly package: string;
  /** Environment variable that names it, before all else. */
  readonly variable?: string;
}

const chromium: SystemProgram = {
  title: 'Chromium',
  names: [
    'chromium',
    'chromium-browser',
    'google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ],
  package: 'chromium',
  variable: 'CLAWORC_CHROMIUM',
};
const xvnc: SystemProgram = { title: 'Xvnc', names: ['Xvnc', 'Xtigervnc'], package: 'tigervnc-standalone-server' };
const sshd: SystemProgram = { title: 'sshd', names: ['sshd', '/usr/sbin/sshd'], package: 'openssh-server' };
const sshKeygen: SystemProgram = { title: 'ssh-keygen', names: ['ssh-keygen'], package: 'openssh-client' };
const xterm: SystemProgram = { title: 'xterm', names: ['xterm'], package: 'xterm' };

/** Path of a Chromium for playwright-core's `executablePath`. Throws ProgramUnavailable. */
export const findChromium = (log: Log): Promise<string> => findOrInstall(chromium, log);

/** Path of TigerVNC's X server. Throws ProgramUnavailable. */
export const findXvnc = (log: Log): Promise<string> => findOrInstall(xvnc, log);

export const findXterm = (log: Log): Promise<string> => findOrInstall(xterm, log);

/** Absolute path of OpenSSH's server, which it insists on. Throws ProgramUnavailable. */
export const findSshd = (log: Log): Promise<string> => findOrInstall(sshd, log);

export const findSshKeygen = (log: Log): Promise<string> => findOrInstall(sshKeygen, log);

/** Path of the real Gitea, built from its Go module. Throws ControlPlaneUnavailable. */
export const findGitea = (log: Log): Promise<string> => resolveBinary('gitea', { log });

/** Path of the real sops, built from its Go module. Throws ControlPlaneUnavailable. */
export const findSops = (log: Log): Promise<string> => resolveBinary('sops', { log });

async function findOrInstall(program: SystemProgram, log: Log): Promise<string> {
  const found = await find(program);
  if (found !== undefined) return found;
  const aptGet = await findOnPath('apt-get');
  if (aptGet === undefined || process.getuid?.() !== 0) {
    throw new ProgramUnavailable(
      `${program.title} is needed: install it (Debian package ${program.package})` +
        (program.variable ? `, or name it in ${program.variable}.` : '.'),
    );
  }
  await withFileLock(
    join(tmpdir(), 'claworc-apt-get.lock'),
    () => undefined,
    async () => {
      if ((await find(program)) !== undefined) return;
      log(`installing ${program.title} (apt-get install ${program.package}, about a minute)…`);
      await install(aptGet, program);
    },
  );
  const installed = await find(program);
  if (installed !== undefined) return installed;
  throw new ProgramUnavailable(`${program.title} is missing although apt-get installed ${program.package}.`);
}

async function install(aptGet: string, program: SystemProgram): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Somebody else's apt-get may be at work.
  const options = ['-y', '-q', '-o', 'DPkg::Lock::Timeout=300'];
  try {
    await promisify(execFile)(aptGet, ['update', ...options], { env });
    await promisify(execFile)(aptGet, ['install', ...options, '--no-install-recommends', program.package], { env });
  } catch (error) {
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    const tail = output.trimEnd().split('\n').slice(-10).join('\n');
    throw new ProgramUnavailable(`${program.title} is needed and apt-get could not install it:\n${tail}`, {
      cause: error,
    });
  }
}

async function find(program: SystemProgram): Promise<string | undefined> {
  const named = program.variable === undefined ? undefined : process.env[program.variable];
  for (const name of named ? [named] : program.names) {
    const path = await findOnPath(name);
    if (path !== undefined) return path;
  }
  return undefined;
}

async function findOnPath(name: string): Promise<string | undefined> {
  const folders = isAbsolute(name) ? [''] : (process.env.PATH ?? '').split(delimiter);
  for (const folder of folders) {
    const path = folder === '' ? name : join(folder, name);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs && isAbsolute(path)) return path;
  }
  return undefined;
}
