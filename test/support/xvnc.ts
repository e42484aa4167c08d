import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeFreePort } from '../control-plane/ports.ts';
import { waitUntil } from '../control-plane/ready.ts';
import { Supervised } from '../control-plane/supervised.ts';
import { findXterm, findXvnc } from './programs.ts';

export interface XtermOptions {
  readonly command: readonly string[];
  /** X colour name or #rrggbb. @default 'black' */
  readonly background?: string;
}

export interface XvncOptions {
  /** @default '1280x800' */
  readonly geometry?: string;
  /** Shows an xterm over the whole screen. @default no xterm */
  readonly terminal?: XtermOptions;
  /** TigerVNC's own defence: it refuses addresses that left some connections before their handshake. @default false */
  readonly blacklist?: boolean;
  /** Progress, when Xvnc must be installed first. @default silence */
  readonly log?: (line: string) => void;
}

export interface Xvnc extends AsyncDisposable {
  /** RFB without a password, on 127.0.0.1. */
  readonly port: number;
  /** Value of DISPLAY for X clients, e.g. `:23117`. */
  readonly display: string;
  /** Runs an X client on this screen until the screen stops. */
  run(command: string, args: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a real TigerVNC X server that accepts viewers. It also ends when this process ends, in whatever way. */
export async function startXvnc(options: XvncOptions = {}): Promise<Xvnc> {
  const { geometry = '1280x800', terminal, blacklist = false, log = () => undefined } = options;
  const program = await findXvnc(log);
  const port = await takeFreePort();
  // Nothing else uses display numbers that high, and the port is ours.
  const display = `:${port}`;
  const folder = await mkdtemp(join(tmpdir(), 'claworc-xvnc-'));
  const processes = new Supervised(folder);
  const env = { PATH: process.env.PATH ?? '', HOME: folder, DISPLAY: display, LANG: 'C.UTF-8' };
  let clients = 0;
  const run = async (command: string, args: readonly string[]): Promise<void> => {
    const name = `client-${++clients}`;
    await processes.start({ name, command, args, env, logFile: join(folder, `${name}.log`) });
  };

  try {
    const args = [
      display,
      '-rfbport',
      String(port),
      '-geometry',
      geometry,
      `-UseBlacklist=${Number(blacklist)}`,
      ...fixedArguments,
    ];
    await processes.start({ name: 'Xvnc', command: program, args, env, logFile: join(folder, 'Xvnc.log') });
    await waitUntil('Xvnc', () => greets(port), { alive: () => processes.assertRunning('Xvnc') });
    if (terminal) await run(await findXterm(log), xtermArguments(geometry, terminal));
  } catch (error) {
    await processes.stopAll();
    throw error;
  }
  const stop = (): Promise<void> => processes.stopAll();
  return { port, display, run, stop, [Symbol.asyncDispose]: stop };
}

/** Without a window manager nobody maximises a window: the size comes from the X server's built-in font of 6x13 pixels. */
function xtermArguments(geometry: string, { command, background = 'black' }: XtermOptions): string[] {
  const [width = 0, height = 0] = geometry.split('x').map(Number);
  const cells = `${Math.floor(width / 6)}x${Math.floor(height / 13)}+0+0`;
  const look = ['-fn', 'fixed', '-geometry', cells, '-b', '0', '-bw', '0', '+sb', '-bg', background, '-fg', 'white'];
  return [...look, '-e', ...command];
}

const fixedArguments = [
  '-depth',
  '24',
  '-interface',
  '127.0.0.1',
  '-nolisten',
  'tcp',
  '-SecurityTypes',
  'None',
  '-AlwaysShared',
];

async function greets(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.toString('latin1').startsWith('RFB ');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
