import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ensureUiBuilt } from '../server/cli/build-ui.ts';
import { packageNames } from './package-names.ts';
import { packedManifest, type ProjectManifest } from './packed-manifest.ts';
import { shrinkwrap, type PackageLock } from './shrinkwrap.ts';

export interface PackOptions {
  /** The checkout. */
  readonly root: string;
  /** Folder for the file; made where it is missing. */
  readonly to: string;
  readonly env: NodeJS.ProcessEnv;
  readonly say: (line: string) => void;
}

/** What the program reads beside its own code. */
const DATA = ['server/store/migrations', 'server/http/reference', 'instances'];

const run = promisify(execFile);

/**
 * Packs the program with emitted JavaScript (Node strips types of no file below a `node_modules`), the built dashboard
 * and the exact versions of all that it depends on. The same commit gives the same bytes.
 * @returns the file, `claworc-VERSION.tgz`
 */
export async function packProgram({ root, to, env, say }: PackOptions): Promise<string> {
  const stage = await mkdtemp(join(tmpdir(), 'claworc-pack-'));
  try {
    say('emitting JavaScript');
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
    await run(process.execPath, [tsc, '-p', join(import.meta.dirname, 'tsconfig.json'), '--outDir', stage]);
    const { folder } = await ensureUiBuilt(root, say);
    await cp(folder, join(stage, 'ui/build'), { recursive: true, filter: (path) => !path.endsWith('.stamp') });
    for (const path of DATA) await cp(join(root, path), join(stage, path), { recursive: true });
    await writeManifests(root, stage);
    say('packing');
    await mkdir(to, { recursive: true });
    return join(to, await npmPack(stage, to, env));
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function writeManifests(root: string, stage: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as ProjectManifest;
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as PackageLock;
  const packed = packedManifest(manifest, await importedPackages(stage));
  await writeJson(join(stage, 'package.json'), packed);
  await writeJson(join(stage, 'npm-shrinkwrap.json'), shrinkwrap(lock, packed));
}

async function importedPackages(stage: string): Promise<ReadonlySet<string>> {
  const files = ['bin', 'constructs', 'server'].map(async (room) => {
    const paths = await readdir(join(stage, room), { recursive: true });
    const code = paths.filter((path) => path.endsWith('.js') && !path.includes('reference/'));
    return Promise.all(code.map((path) => readFile(join(stage, room, path), 'utf8')));
  });
  return packageNames((await Promise.all(files)).flat());
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** By the npm that runs this script, else by the one that the shell finds. */
async function npmPack(stage: string, to: string, env: NodeJS.ProcessEnv): Promise<string> {
  const args = ['pack', stage, '--json', '--ignore-scripts', '--pack-destination', to];
  const npm = env.npm_execpath;
  const { stdout } =
    npm?.endsWith('.js') === true
      ? await run(process.execPath, [npm, ...args], { env, cwd: stage })
      : await run('npm', args, { env, cwd: stage });
  const [{ filename }] = JSON.parse(stdout) as [{ readonly filename: string }];
  return filename;
}
