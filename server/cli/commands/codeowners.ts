import { resolve } from 'node:path';
import type { CodeOwnersFormat } from '../../../constructs/repo/code-owners.ts';
import { codeOwnersOf, saysOwners } from '../../services/commands/codeowners.ts';
import { folderIn } from '../../services/commands/folder-in.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';

interface Options extends CommonOptions {
  readonly repo?: string;
  readonly path?: string;
  readonly format: CodeOwnersFormat;
  readonly in?: string;
}

/** `claworc codeowners`: prints the line for `CODEOWNERS`; with `--in` 3 where that file does not have it. */
export function codeowners(options: Options, { io, cwd }: Invocation): Promise<ExitCode> {
  const folder = folderIn(resolve(cwd, options.repo ?? '.'), options.path);
  const { line, left } = codeOwnersOf(folder, options.format);
  const isSaid = options.in === undefined || line === null || saysOwners(resolve(cwd, options.in), line);
  if (options.json)
    io.out(JSON.stringify({ line, left, ...(options.in === undefined ? {} : { said: isSaid }) }, null, 2));
  else if (options.in === undefined && line !== null) io.out(line);
  if (line === null) io.err(`claworc.yaml names no owners that ${options.format} knows (spec.policy.owners).`);
  if (left.length > 0) io.err(`${options.format} takes accounts and teams alone: ${left.join(', ')} left out.`);
  if (!isSaid) io.err(`${options.in} does not have this line: ${line}`);
  return Promise.resolve(isSaid ? EXIT.ok : EXIT.differences);
}
