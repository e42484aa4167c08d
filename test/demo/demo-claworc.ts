import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface DemoClaworcOptions {
  readonly root: string;
  readonly data: string;
  readonly port: string;
  readonly kubeconfig: string;
}

export interface DemoClaworc extends AsyncDisposable {
  /** Resolves when Claworc has ended by itself. */
  readonly ended: Promise<void>;
}

/** Runs the same commands as a person would: `init --examples` in an empty data folder, then `start`. */
export async function startDemoClaworc(options: DemoClaworcOptions): Promise<DemoClaworc> {
  const { root, data, port, kubeconfig } = options;
  const claworc = (args: readonly string[]): ChildProcess =>
    // A group of its own: Ctrl+C reaches only the demo, which then ends things in the right order.
    spawn(process.execPath, [join(root, 'bin/claworc.js'), ...args], { cwd: root, stdio: 'inherit', detached: true });

  if (!existsSync(data)) {
    const code = await exitOf(claworc(['init', '--data', data, '--examples']));
    if (code !== 0) throw new Error(`claworc init ended with ${code}`);
  }
  const child = claworc(['start', '--data', data, '--port', port, '--kubeconfig', kubeconfig]);
  const ended = exitOf(child).then((code) => {
    if (code !== 0 && code !== null) process.exitCode = 1;
  });
  return {
    ended,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.on('exit', (code) => done(code)));
}
