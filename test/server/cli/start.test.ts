import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runClaworc, spawnClaworc } from '../../acceptance/claworc-process.ts';
import { takeFreePort } from '../../control-plane/ports.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claworc-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('claworc start', () => {
  it('makes nothing on disk when the kubeconfig that was named is not there', async () => {
    const data = join(folder, 'data');
    const kubeconfig = join(folder, 'no-such-kubeconfig');

    const { code, stdout, stderr } = await runClaworc(['start', '--data', data, '--kubeconfig', kubeconfig]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe(`claworc: no kubeconfig at ${kubeconfig}\n`);
    expect(existsSync(data)).toBe(false);
  });

  it('listens before it has all that it needs, says how far it is, and ends at once when told to', async () => {
    const kubeconfig = join(folder, 'kubeconfig');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: 'sleep',
      args: ['60'],
      interactiveMode: 'Never',
    };
    const named = { name: 'lab' };
    const config = {
      clusters: [{ ...named, cluster: { server: 'https://127.0.0.1:1' } }],
      users: [{ ...named, user: { exec } }],
      contexts: [{ ...named, context: { cluster: 'lab', user: 'lab' } }],
      'current-context': 'lab',
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
    const port = await takeFreePort();
    const data = join(folder, 'data');

    const running = spawnClaworc(['start', '--port', String(port), '--data', data, '--kubeconfig', kubeconfig]);
    const health = await vi.waitFor(
      async () => (await fetch(`http://127.0.0.1:${port}/health`)).json() as Promise<Record<string, string>>,
      { timeout: PATIENCE_MS, interval: 100 },
    );
    running.child.kill('SIGTERM');

    expect(health).toMatchObject({ status: 'starting', git: 'reading the credentials of the cluster' });
    expect(await running.exited).toBe(0);
    expect(running.output()).not.toContain('is ended now');
    expect(existsSync(data)).toBe(false);
  });

  it('explains wrong usage and ends with 2', async () => {
    const { code, stderr } = await runClaworc(['start', '--port', '99999']);

    expect(code).toBe(2);
    expect(stderr).toContain('A port is a number from 0 to 65535.');
  });
});
