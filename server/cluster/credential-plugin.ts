import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { basename } from 'node:path';

/** Time for a person to log in by the browser that a plugin opened. */
export const PLUGIN_LIMIT_MS = 180_000;

/**
 * Starts a credential plugin of a kubeconfig as `spawn` does, but as the head of a process group: when it takes longer
 * than `limitMs`, or this process ends, all that it started ends with it. It gets an empty input, because nobody would
 * write to it.
 */
export function spawnPlugin(
  command: string,
  args: readonly string[] = [],
  options: SpawnOptions = {},
  limitMs = PLUGIN_LIMIT_MS,
): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): void => endGroup(child);
  const limit = setTimeout(() => {
    child.emit('error', new Error(`the plugin ${basename(command)} gave no answer within ${limitMs / 1_000} s`));
    end();
  }, limitMs);
  process.on('exit', end);
  child.once('close', () => {
    clearTimeout(limit);
    process.off('exit', end);
  });
  return child;
}

function endGroup({ pid, stdout, stderr }: ChildProcess): void {
  // What left the group may hold these open; what it still writes is nothing any more.
  stdout?.destroy();
  stderr?.destroy();
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of it has ended by itself.
  }
}
