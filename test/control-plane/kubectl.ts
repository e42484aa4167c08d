import { spawn } from 'node:child_process';
import { dirname } from 'node:path';

export interface KubectlResult {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; -1 when a signal ended it. */
  readonly code: number;
}

export interface KubectlOptions {
  /** Goes to kubectl's stdin, e.g. manifests for `apply -f -`. */
  readonly input?: string;
  /** Ends kubectl; the result then holds what it printed so far. */
  readonly signal?: AbortSignal;
}

export type Kubectl = (args: readonly string[], options?: KubectlOptions) => Promise<KubectlResult>;

/** A kubectl that knows one cluster and nothing of the caller's environment. It never throws for a failed command: look at `code`. */
export function createKubectl(kubectlPath: string, kubeconfig: string): Kubectl {
  const env = { PATH: process.env.PATH ?? '', HOME: dirname(kubeconfig), KUBECONFIG: kubeconfig };
  return (args, { input, signal } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(kubectlPath, [...args], { env, stdio: 'pipe' });
      const result = { stdout: '', stderr: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (result.stdout += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (result.stderr += text));
      const abort = (): boolean => child.kill();
      signal?.addEventListener('abort', abort);
      if (signal?.aborted) abort();
      child.on('error', reject);
      child.on('close', (code) => {
        signal?.removeEventListener('abort', abort);
        resolve({ ...result, code: code ?? -1 });
      });
      child.stdin.on('error', () => undefined).end(input ?? '');
    });
}
