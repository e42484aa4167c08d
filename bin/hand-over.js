import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs the program by another Node and ends as that ends. The channel between the two carries no messages: it is closed
 * by the end of this process, of whatever kind, and that tells the child to end too.
 *
 * @param {string} node
 * @param {readonly string[]} args
 */
export function handOver(node, args) {
  const child = spawn(node, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  // A terminal sends Ctrl+C to the whole group; a service manager signals only this process, so it is passed on.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => undefined);
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
