import { resolve } from 'node:path';
import type { BlamedField } from '../../http/schemas/history.ts';
import { blameCheckout } from '../../services/history/blame-checkout.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { type RepositoryOptions, repositoryChoice } from '../options.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions {
  readonly repo?: string;
}

/** `claworc blame`: a line for each field, with the commit that set it. */
export async function blame(options: Options, { io, cwd }: Invocation, args: readonly string[]): Promise<ExitCode> {
  const [name = '', field] = args;
  const fields = await blameCheckout({
    folder: resolve(cwd, options.repo ?? '.'),
    from: repositoryChoice(options),
    log: logFor(io, options),
    name,
    ...(field === undefined ? {} : { field }),
  });
  if (options.json) io.out(JSON.stringify(fields, null, 2));
  else for (const line of table(fields)) io.out(line);
  return EXIT.ok;
}

function table(fields: readonly BlamedField[]): readonly string[] {
  const rows = fields.map(({ field, value, file, commit, message, author, at, or_older }) => [
    `${field}${placeOfValue(file)}`,
    value ?? 'not set',
    `${commit.slice(0, 7)}${or_older ? ' or before' : ''}`,
    at.slice(0, 10),
    author,
    message,
  ]);
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
}

/** Where a value stands that is not the bot's own. */
function placeOfValue(file: string): string {
  if (file === 'claworc.yaml') return ' (claworc.yaml)';
  return file.startsWith('secrets/global/') ? ' (global)' : '';
}
