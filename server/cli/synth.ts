import { resolve } from 'node:path';
import { errorsOnly } from '../../constructs/repo/repo.ts';
import type { SynthResult, UnitSummary } from '../../constructs/repo/synth-repo.ts';
import { RENDERING } from '../../constructs/schema/fleet.ts';
import { formatProblem } from '../../constructs/schema/explain/format-problem.ts';
import { isoSeconds, type Clock } from '../lib/clock.ts';
import { synthFolder, type SynthFolderResult } from '../services/commands/synth.ts';
import { cacheFolderOf } from './cache-folder.ts';
import { EXIT, type ExitCode, type Io } from './io.ts';

export interface SynthCommand {
  /** The checkout; relative to `cwd`. */
  readonly repo: string;
  readonly cwd: string;
  /** Where in the checkout the instances repo lies. @default its top */
  readonly path?: string | undefined;
  readonly anyOwner?: boolean;
  readonly check: boolean;
  readonly json: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
}

/** `claworc synth`: 0 when dist/ is (now) what the records say, 1 when a record is broken, 3 for a check that differs. */
export async function runSynth(command: SynthCommand, io: Io): Promise<ExitCode> {
  const { env, check } = command;
  const result = await synthFolder({
    folder: resolve(command.cwd, command.repo),
    ...(command.path === undefined ? {} : { path: command.path }),
    anyOwner: command.anyOwner ?? false,
    check,
    cacheFolder: cacheFolderOf(env),
    at: isoSeconds(command.clock),
    by: env.GIT_AUTHOR_NAME ?? env.USER ?? env.LOGNAME ?? 'synth',
  });
  const errors = errorsOnly(result.problems);
  if (command.json) io.out(JSON.stringify(toJson(result), null, 2));
  else report(result, check, io);
  if (errors.length > 0) return EXIT.failed;
  return check && result.changes.size > 0 ? EXIT.differences : EXIT.ok;
}

function toJson({ summary, changes, tombstones, problems, rendering }: SynthFolderResult): object {
  return { summary, changed: [...changes.keys()].sort(), tombstones, problems, rendering, rendering_newest: RENDERING };
}

function report(result: SynthFolderResult, check: boolean, io: Io): void {
  const width = Math.max(...result.summary.map(({ name }) => name.length), 0);
  for (const unit of result.summary) {
    if (unit.action !== 'unchanged') io.out(`${unit.name.padEnd(width)}  ${detail(unit, result)}`);
  }
  for (const problem of result.problems) io.err(formatProblem(problem));
  io.out(totals(result, check));
  if (result.rendering !== null && result.rendering < RENDERING) {
    io.out(
      `claworc.yaml asks for rendering ${result.rendering}; this Claworc also makes ${RENDERING}. To see what an upgrade changes, write it there, run synth again and read the diff; it restarts every bot.`,
    );
  }
}

function detail({ name, action, fields }: UnitSummary, { tombstones }: SynthResult): string {
  switch (action) {
    case 'configured':
      return ['configured', ...fields.map((field) => `  ${field}`)].join('\n');
    case 'removed':
      return tombstones.includes(name) ? `removed; tombstones/${name}.yaml keeps its volumes` : 'removed';
    case 'held':
      return 'held: its files are left as they are';
    case 'created':
    case 'unchanged':
      return action;
  }
}

function totals({ summary, changes }: SynthResult, check: boolean): string {
  const counts = (['created', 'configured', 'removed', 'held', 'unchanged'] as const).flatMap((action) => {
    const count = summary.filter((unit) => unit.action === action).length;
    return count === 0 ? [] : [`${count} ${action}`];
  });
  const files = `${changes.size} ${changes.size === 1 ? 'file' : 'files'} ${check ? 'would change' : 'written'}`;
  return `synth: ${counts.length === 0 ? 'no instances' : counts.join(', ')}; ${files}`;
}
