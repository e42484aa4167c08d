import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { clusterTest as test } from './cluster-test.ts';
import { startControlPlane } from './control-plane.ts';
import { appendLog } from './logs.ts';
import { deployment, manifests } from './objects.ts';

const programs = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kwok'];

// Naming the fixture skips a test where there are no programs; these start planes of their own.
test('stopping ends every process and removes the temporary folder', async ({ cluster: _cluster }) => {
  const plane = await startControlPlane();
  const running = await programsNaming(plane.folder);

  await plane.stop();

  expect(running).toEqual(expect.arrayContaining(programs));
  expect(await programsNaming(plane.folder)).toEqual([]);
  expect(existsSync(plane.folder)).toBe(false);
});

test('killing the process that started it ends every process too', async ({ cluster: _cluster }) => {
  const parent = spawn(process.execPath, [join(import.meta.dirname, 'cli.ts'), 'start'], { stdio: 'pipe' });
  const [line] = (await once(parent.stdout.setEncoding('utf8'), 'data')) as [string];
  const folder = join(line.trim().replace('export KUBECONFIG=', ''), '..');
  const running = await programsNaming(folder);

  parent.kill('SIGKILL');

  expect(running).toEqual(expect.arrayContaining(programs));
  await vi.waitFor(async () => expect(await programsNaming(folder)).toEqual([]), { timeout: 30_000 });
  expect(existsSync(folder)).toBe(false);
});

test('the API server goes away and comes back with its data', async ({ cluster: _cluster }) => {
  await using plane = await startControlPlane({ components: 'api' });
  await plane.kubectl(['create', 'configmap', 'kept', '--from-literal=a=b']);

  await plane.apiServer.stop();
  const away = await plane.kubectl(['get', 'configmap', 'kept']);
  await plane.apiServer.start();
  const back = await plane.kubectl(['get', 'configmap', 'kept', '-o', 'name']);

  expect(away.stderr).toContain('refused');
  expect(back.stdout).toBe('configmap/kept\n');
});

test('a plane goes on in its folder, with the same address, its pods and their logs', async ({ cluster: _cluster }) => {
  const folder = await mkdtemp(join(tmpdir(), 'claworc-plane-test-'));
  const before = await startControlPlane({ folder });
  await before.kubectl(['apply', '-f', '-'], { input: manifests(deployment('bot')) });
  await before.kubectl(['rollout', 'status', 'deployment/bot']);
  await appendLog(before.logFile, ['hello']);
  await before.stop();

  const after = await startControlPlane({ folder });
  const status = await after.kubectl(['rollout', 'status', 'deployment/bot', '--timeout=60s']);
  const logs = await after.kubectl(['logs', 'deployment/bot']);
  await after.stop();
  await rm(folder, { recursive: true });

  expect([after.server, after.token]).toEqual([before.server, before.token]);
  expect(status.code).toBe(0);
  expect(logs).toMatchObject({ stdout: 'hello\n', stderr: '' });
});

/** Names of the running programs whose command line names the folder. */
async function programsNaming(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'args=']);
  const lines = stdout.split('\n').filter((line) => line.includes(folder));
  return lines.map((line) => basename(line.split(' ')[0]!));
}
