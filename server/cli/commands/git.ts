import { join, resolve } from 'node:path';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { HeadSide } from '../../http/schemas/git-state.ts';
import { systemClock } from '../../lib/clock.ts';
import { gitStanding, type GitStanding } from '../../services/commands/git-standing.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { type RemoteOptions, type RepositoryOptions, remoteChoice, repositoryChoice } from '../options.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions, RemoteOptions {
  readonly data: string;
  readonly repo?: string;
  readonly acceptHead?: string;
  readonly restoreBranch: boolean;
}

/** `claworc git`: 3 while a person has to decide, 1 while main can't be followed for another reason. */
export async function git(options: Options, { io, cwd, env, signal }: Invocation): Promise<ExitCode> {
  const { acceptHead, restoreBranch } = options;
  const data = resolve(cwd, options.data);
  const remote = remoteChoice(options, cwd, env);
  const standing = await gitStanding({
    data,
    repo: options.repo === undefined ? join(data, 'instances.git') : resolve(cwd, options.repo),
    from: repositoryChoice(options),
    ...(remote === undefined ? {} : { remote }),
    ...(acceptHead === undefined ? {} : { acceptHead }),
    restoreBranch,
    clock: systemClock,
    log: logFor(io, options),
    signal,
  });
  if (options.json) io.out(JSON.stringify(standing, null, 2));
  else for (const line of linesOf(standing)) io.out(oneLine(line));
  if (standing.state === 'following') return EXIT.ok;
  return standing.state === 'rewritten' || standing.trouble === 'branch_gone' ? EXIT.differences : EXIT.failed;
}

function linesOf({ state, detail, trouble, remote, head, sides, drafts }: GitStanding): readonly string[] {
  const theirs = sides?.theirs?.commit;
  return [
    remote === null ? 'main lives in the data folder' : `main is ${remote.branch} of ${remote.url}`,
    `here it is at ${head ?? 'no commit yet'}`,
    ...(drafts === 0 ? [] : [`${drafts} ${drafts === 1 ? 'edit waits' : 'edits wait'} for a commit`]),
    state === 'following' ? 'followed: nothing stands in the way' : `waits: ${detail}`,
    ...(sides === null
      ? []
      : [
          ...sideLines('published here last', sides.ours),
          ...(sides.theirs === null ? [] : sideLines('main is now', sides.theirs)),
        ]),
    ...(theirs === undefined ? [] : [`to go on from there: claworc git --accept-head ${theirs}`]),
    ...(trouble === 'branch_gone' ? ['to put it back there: claworc git --restore-branch'] : []),
  ];
}

function sideLines(what: string, { commit, own, more }: HeadSide): readonly string[] {
  if (own === null) return [`${what}: ${commit}, of which nothing more is known here`];
  return [
    `${what}: ${commit}, alone with ${own.length}${more ? ' and more' : ''} of its commits`,
    ...own.map(({ commit: id, message, author }) => `  ${id.slice(0, 8)} ${message} (${author})`),
  ];
}
