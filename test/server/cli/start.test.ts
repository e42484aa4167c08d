import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runClaworc, spawnClaworc } from '../../acceptance/claworc-process.ts';
import { takeFreePort } from '../../control-plane/ports.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { git } from '../../support/person-git.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claworc-start-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function takenPort(): Promise<AsyncDisposable & { readonly port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

describe('claworc start', () => {
  it('makes nothing on disk, and does not listen, when the kubeconfig that was named is not there', async () => {
    const data = join(folder, 'data');
    const kubeconfig = join(folder, 'no-such-kubeconfig');
    // Nothing listens: it would be found taken.
    await using taken = await takenPort();

    const { code, stdout, stderr } = await runClaworc([
      'start',
      ...['--port', String(taken.port), '--data', data, '--kubeconfig', kubeconfig],
    ]);

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

  it('gives a remote that is empty a fleet without bots: the three examples were pushed to it', async () => {
    const remote = join(folder, 'team.git');
    git(folder, 'init', '-q', '--bare', '-b', 'main', remote);
    const port = await takeFreePort();

    const running = spawnClaworc(['start', '--port', String(port), '--data', join(folder, 'data'), '--remote', remote]);
    await vi.waitFor(() => expect(git(remote, 'rev-parse', 'main')).not.toBe(''), {
      timeout: PATIENCE_MS,
      interval: 100,
    });
    running.child.kill('SIGTERM');

    expect(await running.exited).toBe(0);
    expect(git(remote, 'ls-tree', '--name-only', 'main').split('\n')).toContain('claworc.yaml');
    expect(git(remote, 'ls-tree', '-r', '--name-only', 'main', 'instances', 'dist')).toBe('');
  });

  it('a data folder that can not be made ends the start (it once hung, deaf to signals)', async () => {
    const { code, stderr } = await runClaworc(['start', '--port', '0', '--data', '/proc/claworc/data']);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^claworc: The data folder \/proc\/claworc\/data can't be made or written: ENOENT[^\n]*\n$/m,
    );
  });

  it.each([
    [
      'a file as the data folder',
      ['--data', 'FILE'],
      "can't be made or written: it, or what it lies in, is no folder.",
    ],
    ['a data folder below a file', ['--data', 'FILE/x'], 'is no folder.'],
    ['an address as --repo', ['--repo', 'https://me:s3cret@git.example/bots.git'], 'take it as --remote'],
    ['an ssh address as --repo', ['--repo', 'git@git.example:bots.git'], 'take it as --remote'],
    ['an empty --repo', ['--repo', ''], '--repo names no folder: its value is empty.'],
  ])('%s is wrong usage, told without what may be a token', async (_, args, words) => {
    const file = join(folder, 'file');
    writeFileSync(file, '');

    const given = ['start', '--port', '0', '--data', join(folder, 'data'), ...args];
    const { code, stderr } = await runClaworc(given.map((arg) => arg.replace('FILE', file)));

    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).not.toContain('s3cret');
  });

  it('explains wrong usage and ends with 2', async () => {
    const { code, stderr } = await runClaworc(['start', '--port', '99999']);

    expect(code).toBe(2);
    expect(stderr).toContain('A port is a number from 0 to 65535.');
  });
});
