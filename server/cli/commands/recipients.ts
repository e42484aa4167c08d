import { join, resolve } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import { type RecipientStanding, settleRecipients } from '../../services/commands/recipients.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { type RepositoryOptions, repositoryChoice } from '../options.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions {
  readonly data: string;
  readonly repo?: string;
  readonly accept?: readonly string[];
  readonly yes: boolean;
}

/** `claworc recipients`: 3 while something waits for a person. */
export async function recipients(options: Options, { io, cwd }: Invocation): Promise<ExitCode> {
  const data = resolve(cwd, options.data);
  const result = await settleRecipients({
    data,
    repo: options.repo === undefined ? join(data, 'instances.git') : resolve(cwd, options.repo),
    from: repositoryChoice(options),
    accept: options.yes ? 'all' : (options.accept ?? null),
    clock: systemClock,
    log: logFor(io, options),
  });
  if (options.json) io.out(JSON.stringify(result, null, 2));
  else {
    for (const each of result.recipients) io.out(`${each.recipient}  ${wordsOf(each)}`);
    io.out(result.change === null ? summaryOf(result.recipients.length) : `${result.change}.`);
  }
  return result.change === null ? EXIT.ok : EXIT.differences;
}

function wordsOf({ named, accepted }: RecipientStanding): string {
  if (named && accepted) return 'named and accepted: keys are sealed for it';
  return named ? 'named, but nobody accepted it here' : 'accepted, but no longer named';
}

function summaryOf(count: number): string {
  if (count === 0) return 'claworc.yaml names nobody: no API key can be sealed';
  return `API keys are sealed for ${count === 1 ? 'this recipient' : `these ${count} recipients`}`;
}
