import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '../lib/errors.ts';

/** What the dashboard is built from, relative to the project's root. */
const SOURCES = [
  'ui/src',
  'ui/public',
  'ui/plugins',
  'ui/index.html',
  'ui/vite.config.ts',
  'constructs/schema',
  'server/http/schemas',
  'package-lock.json',
];

export interface UiBuild {
  /** Folder with the built dashboard. */
  readonly folder: string;
  /** False where the folder was already what the sources give. */
  readonly built: boolean;
}

/**
 * Builds the dashboard into `ui/build` unless the stamp there says that it was built from these very sources.
 * An installation without `ui/src` (an image) is served as it is.
 */
export async function ensureUiBuilt(root: string, say: (line: string) => void): Promise<UiBuild> {
  const folder = join(root, 'ui/build');
  const stampFile = join(folder, '.stamp');
  if (!existsSync(join(root, 'ui/src'))) return { folder, built: false };
  const stamp = stampOf(root);
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return { folder, built: false };
  say('building the dashboard, a few seconds the first time');
  await build(join(root, 'ui'));
  writeFileSync(stampFile, stamp);
  return { folder, built: true };
}

/** In a process of its own: what a build takes of memory, a server would hold until it ends. */
async function build(ui: string): Promise<void> {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  const args = [vite, 'build', ui, '--config', join(ui, 'vite.config.ts'), '--logLevel', 'error'];
  try {
    // What runs this may be a test: people get the same build, never one for developing.
    await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_ENV: 'production' } });
  } catch (error) {
    // It holds what Vite said on stderr.
    throw new Error(`the dashboard in ${ui} could not be built: ${messageOf(error)}`, { cause: error });
  }
}

function stampOf(root: string): string {
  const hash = createHash('sha256');
  for (const file of SOURCES.flatMap((source) => filesBelow(join(root, source)))) {
    hash.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
