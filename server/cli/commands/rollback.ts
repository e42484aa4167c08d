import { resolve } from 'node:path';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import { systemClock } from '../../lib/clock.ts';
import { rollBackCheckout, type RolledBack } from '../../services/history/roll-back-checkout.ts';
import { effectText } from '../../services/review/effect-text.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode, type Io } from '../io.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions {
  readonly repo?: string;
  readonly path?: string;
  readonly anyOwner: boolean;
  readonly write: boolean;
  readonly remove: readonly string[];
  /** Only claworc.yaml and what follows from it. @default false */
  readonly defaultsOnly?: boolean;
}

/** `claworc rollback`: 0 when it was written or there is nothing to do, 3 when it was only told. */
export async function rollback(options: Options, invocation: Invocation, args: readonly string[]): Promise<ExitCode> {
  const { io, cwd, env, signal } = invocation;
  const { path, anyOwner, write, remove, defaultsOnly = false } = options;
  const [to = '', bot] = args;
  const rolled = await rollBackCheckout({
    folder: resolve(cwd, options.repo ?? '.'),
    ...(path === undefined ? {} : { path }),
    ...(bot === undefined ? {} : { bot }),
    ...{ to, remove, anyOwner, write, defaultsOnly, env, signal },
    clock: systemClock,
    log: logFor(io, options),
  });
  if (options.json) io.out(JSON.stringify(rolled, null, 2));
  else tell(rolled, io);
  return rolled.state === 'shown' ? EXIT.differences : EXIT.ok;
}

function tell({ state, message, notes, removes, effect, files, prefix }: RolledBack, io: Io): void {
  if (state === 'nothing') {
    io.out('nothing to roll back: the last commit has it all already');
    return;
  }
  io.out(effectText(effect, prefix));
  for (const note of notes) io.out(`note: ${oneLine(note)}`);
  const count = files.length === 1 ? '1 file' : `${files.length} files`;
  if (state === 'shown') {
    const options = ['--write', ...removes.map((name) => `--remove ${name}`)].join(' ');
    io.out(`nothing was written; ${options} writes ${count}`);
    return;
  }
  io.out(`wrote ${count} of the work tree; nothing was committed`);
  io.out(
    `next: look at \`git diff\`, then \`claworc propose --title ${JSON.stringify(message)}\`, or commit and push it`,
  );
}
