import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { spawnPlugin } from '../../../server/cluster/credential-plugin.ts';
import { loadConnection } from '../../../server/cluster/connection.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const isThere = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    // One that nobody has waited for yet has ended as well.
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return false;
  }
};

test('a credential plugin that hangs is ended with all that it started, and told by its name', async () => {
  const pids = join(tempFolder(), 'pids');
  const script = `sleep 600 & echo "$$ $!" > ${pids}.new; mv ${pids}.new ${pids}; wait`;
  const child = spawnPlugin('/bin/sh', ['-c', script], {}, 2_000);
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  await vi.waitFor(() => expect(existsSync(pids)).toBe(true), { timeout: PATIENCE_MS, interval: 20 });
  const started = readFileSync(pids, 'utf8').trim().split(' ').map(Number);
  expect(started.map(isThere)).toEqual([true, true]);

  await new Promise((resolve) => child.once('close', resolve));

  expect((await failed).message).toBe('the plugin sh gave no answer within 2 s');
  await vi.waitFor(() => expect(started.map(isThere)).toEqual([false, false]), { timeout: PATIENCE_MS, interval: 20 });
});

test('a credential plugin that reads its input comes to its end', async () => {
  const folder = tempFolder();
  const answer = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 'abc' } };
  const exec = {
    apiVersion: 'client.authentication.k8s.io/v1',
    command: '/bin/sh',
    args: ['-c', `cat; echo '${JSON.stringify(answer)}'`],
    interactiveMode: 'Never',
  };
  const config = {
    clusters: [{ name: 'lab', cluster: { server: 'https://127.0.0.1:1' } }],
    users: [{ name: 'lab', user: { exec } }],
    contexts: [{ name: 'lab', context: { cluster: 'lab', user: 'lab' } }],
    'current-context': 'lab',
  };
  writeFileSync(join(folder, 'kubeconfig'), JSON.stringify(config));

  const connection = await loadConnection({ kubeconfig: join(folder, 'kubeconfig'), env: {} });

  expect(await connection.headers()).toEqual({ Authorization: 'Bearer abc' });
});
