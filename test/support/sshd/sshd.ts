import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { takeFreePort } from '../../control-plane/ports.ts';
import { waitUntil } from '../../control-plane/ready.ts';
import { Supervised } from '../../control-plane/supervised.ts';
import { findSshd } from '../programs.ts';
import { createSshKey, knownHostLine } from '../ssh-key.ts';

export interface Sshd extends AsyncDisposable {
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The account to log in as: the one that runs the tests. */
  readonly user: string;
  /** The private key that is let in, for git's own commands and nothing else. */
  readonly keyFile: string;
  /** A private key that nobody let in. */
  readonly strangerKeyFile: string;
  /** Names the host key that the server began with. */
  readonly knownHostsFile: string;
  readonly logFile: string;
  /** Makes an empty bare repository with main as its HEAD, and answers its folder and its address. */
  createRepository(name: string): Promise<{ readonly folder: string; readonly url: string }>;
  /** Begins anew on the same port with another host key, as an impostor would. */
  changeHostKey(): Promise<void>;
  stop(): Promise<void>;
}

export interface SshdOptions {
  /** Progress, when sshd must be installed first. @default silence */
  readonly log?: (line: string) => void;
}

/**
 * Starts a real OpenSSH server on loopback that serves bare repositories of a temporary folder. It also ends when this
 * process ends, in whatever way. Throws ProgramUnavailable when it can't be had here.
 */
export async function startSshd({ log = () => undefined }: SshdOptions = {}): Promise<Sshd> {
  const program = await findSshd(log);
  const { username: user, uid } = userInfo();
  // Where a privileged sshd shuts itself in; packages leave it to the init system to make this folder.
  if (uid === 0 && process.platform === 'linux') await mkdir('/run/sshd', { recursive: true, mode: 0o755 });

  const port = await takeFreePort();
  const folder = await mkdtemp(join(tmpdir(), 'claworc-sshd-'));
  const processes = new Supervised(folder);
  const file = (name: string): string => join(folder, name);
  const logFile = file('sshd.log');
  const start = async (hostKeyFile: string): Promise<void> => {
    await writeFile(file('sshd_config'), configuration(port, hostKeyFile, file('authorized_keys')));
    const env = { PATH: process.env.PATH ?? '', HOME: folder };
    const args = ['-D', '-e', '-f', file('sshd_config')];
    await processes.start({ name: 'sshd', command: program, args, env, logFile });
    await waitUntil('sshd', () => greets(port), { alive: () => processes.assertRunning('sshd') });
  };

  try {
    const hostKey = await createSshKey(file('host-key'));
    const key = await createSshKey(file('key'));
    const stranger = await createSshKey(file('stranger-key'));
    await writeFile(file('known_hosts'), knownHostLine(port, hostKey));
    await writeFile(file('authorized_keys'), `${gitOnly} ${key.publicKey}\n`, { mode: 0o600 });
    await start(hostKey.file);

    let changes = 0;
    const stop = (): Promise<void> => processes.stopAll();
    return {
      host: '127.0.0.1',
      port,
      user,
      keyFile: key.file,
      strangerKeyFile: stranger.file,
      knownHostsFile: file('known_hosts'),
      logFile,
      createRepository: async (name) => {
        const repository = file(join('repositories', `${name}.git`));
        await promisify(execFile)('git', ['init', '--quiet', '--bare', '--initial-branch=main', repository]);
        return { folder: repository, url: `ssh://${user}@127.0.0.1:${port}${repository}` };
      },
      changeHostKey: async () => {
        const other = await createSshKey(file(`host-key-${++changes}`));
        await processes.stop('sshd', 10_000);
        await start(other.file);
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
}

/** git-shell refuses whatever is not fetching or pushing; the person's own git settings must not reach the tests. */
const gitOnly =
  'restrict,command="GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null exec git shell -c \\"$SSH_ORIGINAL_COMMAND\\""';

function configuration(port: number, hostKeyFile: string, authorizedKeysFile: string): string {
  return `
Port ${port}
ListenAddress 127.0.0.1
HostKey ${hostKeyFile}
AuthorizedKeysFile ${authorizedKeysFile}
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
# The temporary folder is everybody's.
StrictModes no
UsePAM no
UseDNS no
PidFile none
MaxStartups 100
LogLevel VERBOSE
`;
}

async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.toString('latin1').startsWith('SSH-2.0-');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
