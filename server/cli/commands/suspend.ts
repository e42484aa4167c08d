import { resolve } from 'node:path';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { BotInstance } from '../../../constructs/schema/index.ts';
import { systemClock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { suspendCheckout } from '../../services/commands/suspend-checkout.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions {
  readonly repo?: string;
  readonly path?: string;
  readonly anyOwner: boolean;
  readonly fleet: boolean;
}

interface SuspendOptions extends Options {
  readonly mode: 'detect' | 'suspend';
  readonly reason?: string;
}

/** `claworc suspend`: 0 when the work tree says so. */
export const suspend = (
  options: SuspendOptions,
  invocation: Invocation,
  bots: readonly string[],
): Promise<ExitCode> => {
  const { mode, reason } = options;
  return write(options, invocation, { bots, reconcile: { mode, ...(reason !== undefined && { reason }) } });
};

/** `claworc resume`: 0 when the work tree says nothing of it any more. */
export const resume = (options: Options, invocation: Invocation, bots: readonly string[]): Promise<ExitCode> =>
  write(options, invocation, { bots, reconcile: undefined });

async function write(
  options: Options,
  { io, cwd }: Invocation,
  wish: { readonly bots: readonly string[]; readonly reconcile: BotInstance['spec']['reconcile'] },
): Promise<ExitCode> {
  const { path, anyOwner, fleet, json } = options;
  if ((wish.bots.length === 0) !== fleet) {
    throw new ClaworcError('usage', 'Name the bots that are meant, or --fleet for all of them.', { field: 'bot' });
  }
  const { message, files, notes } = await suspendCheckout({
    folder: resolve(cwd, options.repo ?? '.'),
    ...(path === undefined ? {} : { path }),
    ...{ anyOwner, ...wish },
    clock: systemClock,
    log: logFor(io, options),
  });
  if (json) {
    io.out(JSON.stringify({ message, files, notes }, null, 2));
    return EXIT.ok;
  }
  for (const note of notes) io.out(`note: ${oneLine(note)}`);
  if (files.length === 0) io.out('nothing to write: the last commit says so already');
  else {
    for (const file of files) io.out(`wrote ${file}`);
    io.out(
      `nothing was committed; next: \`claworc propose --title ${JSON.stringify(message)}\`, or commit and push it`,
    );
  }
  return EXIT.ok;
}
