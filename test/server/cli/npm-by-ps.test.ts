import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { psProcesses } from '../../../server/cli/started-by-npm.ts';

const MODULE = resolve(import.meta.dirname, '../../../server/cli/started-by-npm.ts');

const WATCHER = `
  import { psProcesses, watchNpm } from ${JSON.stringify(MODULE)};
  const going = setInterval(() => undefined, 1_000);
  watchNpm({ pid: process.pid, env: { npm_lifecycle_event: 'start' }, processes: psProcesses(process) }, () => {
    console.log('ended');
    clearInterval(going);
  });
  console.log('watching');
`;

// As npm does it: under a name of its own, with a shell that passes nothing on.
const NPM = `
  process.title = 'npm start';
  const { spawn } = require('node:child_process');
  spawn('/bin/sh', ['-c', '"$NODE" --input-type=module -e "$WATCHER"; exit'], { stdio: ['ignore', 'inherit', 'ignore'] });
`;

test('a server ends with an npm that was killed where only ps tells of processes (it once outlived it)', async () => {
  const npm = spawn(process.execPath, ['-e', NPM], {
    env: { ...process.env, NODE: process.execPath, WATCHER },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const chunk of npm.stdout) {
    lines.push(...String(chunk).trim().split('\n'));
    if (lines.includes('watching')) npm.kill('SIGKILL');
  }

  expect(lines).toEqual(['watching', 'ended']);
});

test('ps tells name and parent of a process, and nothing of one that is gone', () => {
  const { statOf, isJoined } = psProcesses(process);

  expect(statOf(process.pid)).toMatchObject({ parent: process.ppid, name: expect.stringContaining('node') as string });
  expect(statOf(2 ** 22 + 1)).toBeUndefined();
  expect(isJoined({ child: process.pid, parent: process.ppid })).toBe(true);
  expect(isJoined({ child: process.pid, parent: process.ppid + 1 })).toBe(false);
  expect(isJoined({ child: 2 ** 22 + 1, parent: process.ppid })).toBe(false);
});
