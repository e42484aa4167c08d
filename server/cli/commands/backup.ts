import { resolve } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import { backUp } from '../../services/backup/back-up.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';

interface Options extends CommonOptions {
  readonly data: string;
  readonly to: string;
  readonly identity?: string;
  readonly recipient?: readonly string[];
}

/** `claworc backup`: beside a running server too. */
export async function backup(options: Options, { io, cwd, version, signal }: Invocation): Promise<ExitCode> {
  const to = resolve(cwd, options.to);
  const manifest = await backUp({
    data: resolve(cwd, options.data),
    to,
    ...(options.identity === undefined ? {} : { identity: resolve(cwd, options.identity) }),
    recipients: options.recipient ?? [],
    version,
    clock: systemClock,
    say: (line) => io.err(line),
    signal,
  });
  if (options.json) {
    io.out(JSON.stringify(manifest, null, 2));
    return EXIT.ok;
  }
  const names = manifest.files.map(({ name }) => name);
  io.out(`backed up to ${to}: ${names.join(', ')}`);
  if (manifest.head === null) io.out('  The repository lies elsewhere, and is not in it.');
  if (!names.includes('age-identity.txt'))
    io.out('  No age identity was found: without it the sealed keys stay closed.');
  else if (manifest.encrypted_for.length === 0) {
    io.out('  It holds the identity that opens every API key, unencrypted: keep it as safe. --recipient encrypts it.');
  }
  return EXIT.ok;
}
