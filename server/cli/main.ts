import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ClaworcError, messageOf } from '../lib/errors.ts';
import { failureText } from './failure-text.ts';
import { EXIT, terminalIo } from './io.ts';
import { watchLifetime } from './lifetime.ts';

const root = resolve(import.meta.dirname, '../..');

/**
 * The process: signals, exit code, and the last word on errors. An expected failure is one line; a defect shows its
 * stack, because somebody will want to report it.
 */
export async function main(args: readonly string[]): Promise<void> {
  // Whoever reads may have seen enough (`| head`): what is under way is done all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignoreClosedPipe);
  const { signal, over } = watchLifetime({ process, say: (line) => terminalIo.err(line) });
  const invocation = {
    io: terminalIo,
    env: process.env,
    cwd: process.cwd(),
    root,
    version: versionOf(root),
    signal,
  };
  try {
    const { runProgram } = await import('./program.ts');
    process.exitCode = await runProgram(args, invocation);
  } catch (error) {
    const ended = signal.aborted ? `ended by ${messageOf(signal.reason)} before it was done` : undefined;
    terminalIo.err(`claworc: ${ended ?? failureText(error)}`);
    process.exitCode = error instanceof ClaworcError && error.code === 'usage' ? EXIT.usage : EXIT.failed;
  }
  over();
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function versionOf(folder: string): string {
  const { version } = JSON.parse(readFileSync(resolve(folder, 'package.json'), 'utf8')) as { readonly version: string };
  return version;
}

if (import.meta.main) await main(process.argv.slice(2));
