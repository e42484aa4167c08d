import { copyFile, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filesBeside } from '../../control-plane/go-build.ts';
import { takeFreePort } from '../../control-plane/ports.ts';
import { isListening, waitUntil } from '../../control-plane/ready.ts';
import { Supervised } from '../../control-plane/supervised.ts';
import { findGitea } from '../programs.ts';
import { createSshKey, knownHostLine } from '../ssh-key.ts';
import { appIni } from './app-ini.ts';
import { createUsers, type ForgeUsers } from './users.ts';

/** How to reach a forge; plain data, so that it can be handed to the processes of the tests. */
export interface Forge {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** Its own SSH server; the user is `git`. */
  readonly ssh: { readonly port: number; readonly knownHostsFile: string };
  readonly users: ForgeUsers;
}

export interface Gitea extends AsyncDisposable {
  readonly forge: Forge;
  readonly logFile: string;
  /** Copies the log out of the folder that is removed at the end, and answers where it is. */
  keepLog(): Promise<string>;
  stop(): Promise<void>;
}

export interface GiteaOptions {
  /** Progress, one line each. @default silence */
  readonly log?: (line: string) => void;
}

/**
 * Starts a real Gitea on loopback in a temporary folder, with an administrator and the users alice and bob. It also ends
 * when this process ends, in whatever way. Throws ProgramUnavailable when it can't be had here.
 */
export async function startGitea({ log = () => undefined }: GiteaOptions = {}): Promise<Gitea> {
  const program = await findGitea(log);
  const folder = await mkdtemp(join(tmpdir(), 'claworc-gitea-'));
  const processes = new Supervised(folder);
  const logFile = join(folder, 'gitea.log');
  const keepLog = async (): Promise<string> => {
    const kept = join(tmpdir(), `claworc-gitea-${process.pid}.log`);
    await copyFile(logFile, kept);
    return kept;
  };

  try {
    const started = performance.now();
    const [httpPort, sshPort] = [await takeFreePort(), await takeFreePort()];
    const hostKey = await createSshKey(join(folder, 'host-key'));
    const config = join(folder, 'app.ini');
    const places = { folder, files: filesBeside(program), httpPort, sshPort, sshHostKeyFile: hostKey.file };
    await writeFile(config, appIni(places), { mode: 0o600 });
    const knownHostsFile = join(folder, 'known_hosts');
    await writeFile(knownHostsFile, knownHostLine(sshPort, hostKey));

    const url = `http://127.0.0.1:${httpPort}`;
    const env = { PATH: process.env.PATH ?? '', HOME: folder };
    await processes.start({ name: 'gitea', command: program, args: ['web', '--config', config], env, logFile });
    const isUp = async (): Promise<boolean> => (await isHealthy(url)) && (await isListening(sshPort));
    await waitUntil('Gitea', isUp, { alive: () => processes.assertRunning('gitea') });
    const users = await createUsers({ url, program, config, env });
    log(`Gitea ready in ${((performance.now() - started) / 1000).toFixed(1)} s: ${url}`);

    const stop = (): Promise<void> => processes.stopAll();
    const forge = { url, ssh: { port: sshPort, knownHostsFile }, users };
    return { forge, logFile, keepLog, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    const kept = await keepLog().catch(() => undefined);
    if (kept !== undefined) log(`Gitea did not become ready; its log is ${kept}`);
    await processes.stopAll();
    throw error;
  }
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/api/healthz`).then(
    (response) => response.ok,
    () => false,
  );
}
