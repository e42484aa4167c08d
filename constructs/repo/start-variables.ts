import { readSource } from '../schema/yaml/parse-document.ts';
import type { UnitProblem } from './repo.ts';

/**
 * What the loader, shells and the languages in the image read before a program's own first line. Each has honest uses, so
 * none is refused; but whoever reads a change for its values should know that this one may be code.
 */
const NAMES: ReadonlySet<string> = new Set([
  'BASH_ENV',
  'ENV',
  'GCONV_PATH',
  'IFS',
  'JAVA_TOOL_OPTIONS',
  'NODE_OPTIONS',
  'NODE_PATH',
  'PATH',
  'PERL5LIB',
  'PERL5OPT',
  'PROMPT_COMMAND',
  'PYTHONHOME',
  'PYTHONINSPECT',
  'PYTHONPATH',
  'PYTHONSTARTUP',
  'RUBYLIB',
  'RUBYOPT',
  'SHELLOPTS',
]);

function changesStart(name: string): boolean {
  return NAMES.has(name) || name.startsWith('LD_') || name.startsWith('BASH_FUNC_');
}

/** A warning at each plain variable that changes which program starts in a bot, or what it runs first. */
export function startWarnings(
  unit: string,
  file: string,
  text: string,
  env: Readonly<Record<string, string>> = {},
): readonly UnitProblem[] {
  return Object.keys(env)
    .filter(changesStart)
    .flatMap((name) => {
      const read = readSource(text, file);
      const message = `${name} changes how programs in the bot start: what it names is run with all of the bot's keys`;
      const issue = { path: ['spec', 'env', name], on: 'key', message } as const;
      return read.ok ? [{ ...read.source.locate(issue), unit, severity: 'warning' as const }] : [];
    });
}
