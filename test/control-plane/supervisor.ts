/**
 * A small program that owns the processes of one control plane. It runs in a session of its own, so a Ctrl+C at the
 * terminal doesn't reach them, and it ends them in order, last started first, when it is told to or when its parent is
 * gone in whatever way (its channel closes, also after kill -9). Then it removes the folder named as first argument, if any.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { SupervisorMessage, SupervisorRequest } from './supervisor-protocol.ts';

const temporaryFolder = process.argv[2];
const running = new Map<string, ChildProcess>();
/** Names in the order of their first start, which a restart must not change. */
const order = new Set<string>();
let ending = false;

process.on('message', (request: SupervisorRequest) => {
  void answer(request);
});
process.on('disconnect', () => void end());
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void end());

async function answer(request: SupervisorRequest): Promise<void> {
  try {
    if (request.do === 'start') {
      send({ id: request.id, pid: await start(request) });
      return;
    }
    await stop(request.name, request.graceMilliseconds);
    send({ id: request.id });
  } catch (error) {
    send({ id: request.id, error: error instanceof Error ? error.message : String(error) });
  }
}

function start(request: Extract<SupervisorRequest, { do: 'start' }>): Promise<number> {
  if (ending) throw new Error('the supervisor is ending');
  const logFile = openSync(request.logFile, 'a');
  const child = spawn(request.command, [...request.args], { env: request.env, stdio: ['ignore', logFile, logFile] });
  closeSync(logFile);
  child.on('exit', (code, signal) => {
    running.delete(request.name);
    send({ exited: request.name, how: signal ?? `exit code ${code}` });
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('spawn', () => {
      running.set(request.name, child);
      order.add(request.name);
      resolve(child.pid ?? 0);
    });
  });
}

function stop(name: string, graceMilliseconds: number): Promise<void> {
  const child = running.get(name);
  if (!child) return Promise.resolve();
  return new Promise((resolve) => {
    const kill = setTimeout(() => child.kill('SIGKILL'), graceMilliseconds);
    child.on('exit', () => {
      clearTimeout(kill);
      resolve();
    });
    child.kill('SIGTERM');
  });
}

async function stopAll(): Promise<void> {
  for (const name of [...order].reverse()) await stop(name, 10_000);
}

async function end(): Promise<void> {
  if (ending) return;
  ending = true;
  await stopAll();
  if (temporaryFolder) await rm(temporaryFolder, { recursive: true, force: true });
  process.exit(0);
}

function send(message: SupervisorMessage): void {
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}
