import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { benchFiles } from '../../../bench/fleet.ts';
import { runSynth, type SynthCommand } from '../../../server/cli/synth.ts';
import type { Io } from '../../../server/cli/io.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** Collects what a command says. */
export function recordingIo(): Io & { readonly output: string[]; readonly errors: string[] } {
  const output: string[] = [];
  const errors: string[] = [];
  const out = (line: string) => void output.push(line);
  return { output, errors, out, command: out, err: (line) => void errors.push(line), isTerminal: false };
}

/** A checkout of an instances repo on disk, and a cache folder of its own beside it. */
export function checkoutOf(size: number) {
  const base = tempFolder();
  const folder = join(base, 'checkout');
  const put = (path: string, text: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const [path, text] of benchFiles(size)) put(path, text);
  const synth = async (options: Partial<SynthCommand> = {}) => {
    const io = recordingIo();
    const code = await runSynth(
      {
        repo: '.',
        cwd: folder,
        check: false,
        json: false,
        env: { XDG_CACHE_HOME: join(base, 'cache'), USER: 'ada' },
        clock: { now: () => Date.UTC(2026, 10, 19, 14, 31, 40) },
        ...options,
      },
      io,
    );
    return { code, output: io.output.join('\n'), errors: io.errors.join('\n') };
  };
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  return { folder, cacheFolder: join(base, 'cache', 'claworc'), put, read, synth, files: () => filesIn(folder) };
}

/** Text of every file by path, `.git` left out. */
export function filesIn(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => !path.startsWith('.git/') && statSync(join(folder, path)).isFile())
    .sort();
  return new Map(files.map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}
