import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { packProgram } from '../../pack/pack-program.ts';

/** What a test gets from `inject('packed')`: the packed file, and the folder of a pipeline that has installed it. */
export interface Packed {
  readonly file: string;
  readonly installed: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: Packed;
  }
}

/** Packs the program and installs it as a pipeline does, before the first test starts its clock. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'claworc-packed-'));
  const say = (line: string): void => console.error(`preparing: the packed program: ${line}`);
  const file = await packProgram({ root: resolve(import.meta.dirname, '../..'), to: folder, env: process.env, say });
  say('installing it into an empty folder');
  await writeFile(join(folder, 'package.json'), '{"private":true}\n');
  // What `npm ci` of the checkout has downloaded is in npm's cache.
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', file];
  const PATH = `${dirname(process.execPath)}:${process.env.PATH ?? ''}`;
  await promisify(execFile)('npm', args, { cwd: folder, env: { ...process.env, PATH } });
  project.provide('packed', { file, installed: folder });
  return () => rm(folder, { recursive: true, force: true });
}
