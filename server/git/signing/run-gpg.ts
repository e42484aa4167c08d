import { spawn } from 'node:child_process';
import { buffer } from 'node:stream/consumers';

export interface GpgRun {
  /** -1 for a gpg that is not there, or was ended. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  /** Words of `--status-fd`, one line each, without their prefix. */
  readonly status: readonly string[];
  readonly stderr: string;
}

/** Long enough for a few thousand signatures. */
const SILENT_MS = 120_000;

/**
 * Runs gpg in a home that was named, with nothing of the person's own: no options file, no questions, no network, and an
 * environment made from scratch.
 */
export async function runGpg(
  home: string,
  args: readonly string[],
  input: Uint8Array = Buffer.alloc(0),
): Promise<GpgRun> {
  const fixed = [
    '--homedir',
    home,
    '--no-options',
    '--batch',
    '--no-tty',
    '--status-fd',
    '3',
    '--no-auto-key-retrieve',
  ];
  const child = spawn('gpg', [...fixed, '--pinentry-mode', 'error', ...args], {
    env: { PATH: process.env.PATH, HOME: '/nonexistent', GNUPGHOME: home, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    timeout: SILENT_MS,
  });
  const [, , , statusPipe] = child.stdio;
  const ended = new Promise<number>((resolve) => {
    child.once('error', () => resolve(-1));
    child.once('close', (code) => resolve(code ?? -1));
  });
  child.stdin.on('error', () => undefined).end(input);
  const read = async (stream: unknown): Promise<Buffer> =>
    buffer(stream as AsyncIterable<Buffer>).catch(() => Buffer.alloc(0));
  const [exitCode, stdout, stderr, status] = await Promise.all([
    ended,
    read(child.stdout),
    read(child.stderr),
    read(statusPipe),
  ]);
  const lines = status.toString('utf8').split('\n');
  return {
    exitCode,
    stdout,
    stderr: stderr.toString('utf8'),
    status: lines.filter((line) => line.startsWith('[GNUPG:] ')).map((line) => line.slice('[GNUPG:] '.length)),
  };
}
