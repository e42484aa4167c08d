import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { clusterTest as test } from './cluster-test.ts';
import { startControlPlane } from './control-plane.ts';
import { createTestNamespace } from './namespace.ts';
import { deployment, manifests } from './objects.ts';
import { takeFreePort } from './ports.ts';

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

test('the API server goes away and comes back with its data, and the whole plane starts again in its folder', async ({
  cluster: _cluster,
}) => {
  const folder = await mkdtemp(join(tmpdir(), 'claworc-plane-test-'));
  await using plane = await startControlPlane({ folder, components: 'api' });
  await plane.kubectl(['create', 'configmap', 'kept', '--from-literal=a=b']);

  await plane.apiServer.stop();
  const away = await plane.kubectl(['get', 'configmap', 'kept']);
  await plane.apiServer.start();
  const back = await plane.kubectl(['get', 'configmap', 'kept', '-o', 'name']);
  await plane.stop();
  await using again = await startControlPlane({ folder, components: 'api' });
  const kept = await again.kubectl(['get', 'configmap', 'kept', '-o', 'name']);
  await again.stop();
  await rm(folder, { recursive: true });

  expect(away.stderr).toContain('refused');
  expect([back.stdout, kept.stdout]).toEqual(['configmap/kept\n', 'configmap/kept\n']);
});

test('a port-forward to a screen reaches the local target', async ({ cluster: _cluster }) => {
  const target = createServer((socket) => socket.end('RFB 003.008\n')).listen(await takeFreePort(), '127.0.0.1');
  await once(target, 'listening');
  const address = target.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  await using plane = await startControlPlane({ screens: { chrome: address.port } });
  await using namespace = await createTestNamespace(plane.kubectl);
  const inNamespace = ['-n', namespace.name];
  await plane.kubectl(['apply', ...inNamespace, '-f', '-'], { input: manifests(deployment('bot')) });
  await plane.kubectl(['rollout', 'status', 'deployment/bot', ...inNamespace]);
  const local = await takeFreePort();
  const stop = new AbortController();
  const forwarding = plane.kubectl(['port-forward', 'deployment/bot', `${local}:5901`, ...inNamespace], {
    signal: stop.signal,
  });

  const greeting = await vi.waitFor(() => firstBytes(connect(local, '127.0.0.1')), { timeout: 10_000 });
  stop.abort();
  await forwarding;
  target.close();

  expect(greeting).toBe('RFB 003.008\n');
});

/** Names of the running programs whose command line names the folder. */
async function programsNaming(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'args=']);
  const lines = stdout.split('\n').filter((line) => line.includes(folder));
  return lines.map((line) => basename(line.split(' ')[0]!));
}

async function firstBytes(socket: Socket): Promise<string> {
  const [bytes] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return bytes.toString();
}
