import { resolve } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import { restore as restoreBackup } from '../../services/backup/restore.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';

interface Options extends CommonOptions {
  readonly data: string;
  readonly from: string;
  readonly identity?: string;
  readonly setAside: boolean;
}

/** `claworc restore`: of a backup into a data folder; a bot's or the fleet's older revision is not its subject. */
export async function restore(options: Options, { io, cwd, signal }: Invocation): Promise<ExitCode> {
  const data = resolve(cwd, options.data);
  const { manifest, setAside } = await restoreBackup({
    from: resolve(cwd, options.from),
    data,
    ...(options.identity === undefined ? {} : { identity: resolve(cwd, options.identity) }),
    setAside: options.setAside,
    clock: systemClock,
    say: (line) => io.err(line),
    signal,
  });
  if (options.json) {
    io.out(JSON.stringify({ data, set_aside: setAside, backup: manifest }, null, 2));
    return EXIT.ok;
  }
  io.out(`restored ${data} as it was at ${manifest.made_at}`);
  if (setAside !== null) io.out(`what was there is kept in ${setAside}`);
  return EXIT.ok;
}
