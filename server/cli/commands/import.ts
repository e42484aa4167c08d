import { join, resolve } from 'node:path';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import { systemClock } from '../../lib/clock.ts';
import { rebuildDatabase } from '../../services/commands/import.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { type RemoteOptions, type RepositoryOptions, remoteChoice, repositoryChoice } from '../options.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions, RemoteOptions {
  readonly data: string;
  readonly repo?: string;
}

/** `claworc import`: 1 when main has no commit to import from. */
export async function importFromGit(options: Options, { io, cwd, env, signal }: Invocation): Promise<ExitCode> {
  const data = resolve(cwd, options.data);
  const remote = remoteChoice(options, cwd, env);
  const rebuilding = rebuildDatabase({
    data,
    repo: options.repo === undefined ? join(data, 'instances.git') : resolve(cwd, options.repo),
    from: repositoryChoice(options),
    ...(remote === undefined ? {} : { remote }),
    clock: systemClock,
    log: logFor(io, options),
  });
  const result = await unlessAborted(rebuilding, signal);
  if (result === undefined) throw new Error('aborted');
  if (options.json) io.out(JSON.stringify(result, null, 2));
  else {
    if (result.setAside !== null) io.out(`the damaged database is kept as ${result.setAside}`);
    for (const { file, line, message } of result.problems) {
      io.err(oneLine(`${file}${line === undefined ? '' : `:${line}`}: ${message}`));
    }
    io.out(
      result.commit === null
        ? 'the repository has no commit: nothing to import'
        : `imported ${result.instances} instances from ${result.commit.slice(0, 7)}`,
    );
  }
  return result.commit === null ? EXIT.failed : EXIT.ok;
}
