import { resolve } from 'node:path';
import { githubCommands } from '../../services/annotations/github.ts';
import { diffRepo } from '../../services/review/diff-repo.ts';
import { effectAnnotations } from '../../services/review/effect-annotations.ts';
import { effectMarkdown } from '../../services/review/effect-markdown.ts';
import { effectText } from '../../services/review/effect-text.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { type RepositoryOptions, repositoryChoice } from '../options.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions {
  readonly repo?: string;
  readonly format: 'text' | 'markdown' | 'json' | 'github';
}

/** `claworc diff`: 0 when nothing changes, 3 when something does, 1 when something is wrong at its head. */
export async function diff(options: Options, { io, cwd }: Invocation, [range]: readonly string[]): Promise<ExitCode> {
  const { effect, prefix } = await diffRepo({
    folder: resolve(cwd, options.repo ?? '.'),
    from: repositoryChoice(options),
    log: logFor(io, options),
    ...(range === undefined ? {} : { range }),
  });
  switch (options.json ? 'json' : options.format) {
    case 'json':
      io.out(JSON.stringify(effect, null, 2));
      break;
    case 'markdown':
      io.out(effectMarkdown(effect, { prefix }).trimEnd());
      break;
    case 'github':
      for (const line of githubCommands(effectAnnotations(effect), prefix)) io.command(line);
      break;
    case 'text':
      io.out(effectText(effect, prefix));
      break;
  }
  if (effect.problems.some(({ severity }) => severity === 'error')) return EXIT.failed;
  return effect.bots.length > 0 ? EXIT.differences : EXIT.ok;
}
