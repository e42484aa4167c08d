import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import type { MergeMethod, PullRequestState } from '../../forge/forge.ts';
import { openOrTakeOver } from '../../forge/open-or-take-over.ts';
import { upsertComment } from '../../forge/upsert-comment.ts';
import { systemClock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { type ConnectedForge, connectForge } from '../../services/forge/connect-forge.ts';
import { descriptionText } from '../description-text.ts';
import { forgeChoice } from '../forge-options.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import type { RemoteOptions } from '../options.ts';
import { logFor } from '../terminal-log.ts';

interface ForgeOptions extends CommonOptions, RemoteOptions {
  readonly forgeTokenFile?: string;
  readonly link?: string;
}

interface PullRequestOptions extends ForgeOptions {
  readonly head?: string;
  readonly base: string;
  readonly title?: string;
  readonly description?: string;
  readonly number?: number;
  readonly merge?: MergeMethod;
  readonly commit?: string;
  readonly close: boolean;
}

interface CommentOptions extends ForgeOptions {
  readonly number?: number;
  readonly body?: string;
  readonly name: string;
}

/** `claworc pull-request`: opens the one of a branch, or reads, merges or closes a numbered one. */
export async function pullRequest(options: PullRequestOptions, invocation: Invocation): Promise<ExitCode> {
  const { head, number, close, merge } = options;
  if ((head === undefined) === (number === undefined)) {
    throw new ClaworcError('usage', 'Name the branch with --head to open one, or a pull request with --number.');
  }
  if (number === undefined && (close || merge !== undefined)) {
    throw new ClaworcError('usage', '--merge and --close need the --number of a pull request.');
  }
  await using connected = await connect(options, invocation);
  return number === undefined
    ? await openOne(options, head ?? '', connected, invocation)
    : await lookAt(options, number, connected, invocation);
}

/** `claworc comment`: one comment on a pull request, written over at the next time. */
export async function comment(options: CommentOptions, invocation: Invocation): Promise<ExitCode> {
  const { number, body, name, json } = options;
  if (number === undefined || body === undefined) {
    throw new ClaworcError('usage', 'Name the pull request with --number and the file of the text with --body.');
  }
  await using connected = await connect(options, invocation);
  const wish = { number, name, body: await descriptionText(body, '--body', invocation), rest: restOf(options) };
  const outcome = await upsertComment(connected.forge, wish, invocation.signal);
  invocation.io.out(json ? JSON.stringify({ number, outcome }) : `the comment on ${number} is ${outcome}`);
  return EXIT.ok;
}

function connect(options: ForgeOptions, { cwd, env, io }: Invocation): Promise<ConnectedForge> {
  const surroundings = { environment: env, clock: systemClock, log: logFor(io, options) };
  return connectForge(forgeChoice(options, cwd), surroundings);
}

async function openOne(
  options: PullRequestOptions,
  head: string,
  { forge }: ConnectedForge,
  invocation: Invocation,
): Promise<ExitCode> {
  const { title, base, description, json } = options;
  if (title === undefined || title.trim() === '') throw new ClaworcError('usage', 'A pull request needs a --title.');
  const text = description === undefined ? '' : await descriptionText(description, '--description', invocation);
  const wish = { head, base, title: title.trim(), description: text };
  const result = await openOrTakeOver(forge, wish, restOf(options), invocation.signal);
  if (json) invocation.io.out(JSON.stringify(result, null, 2));
  else if (result.outcome === 'no_change')
    invocation.io.out(`${head} has nothing that ${base} has not: no effective change`);
  else invocation.io.out(oneLine(`${result.outcome} ${result.pull.number}: ${result.pull.url}`));
  return EXIT.ok;
}

async function lookAt(
  options: PullRequestOptions,
  number: number,
  { forge }: ConnectedForge,
  { io, signal }: Invocation,
): Promise<ExitCode> {
  const { merge, commit, close, json } = options;
  if (merge !== undefined) {
    if (commit === undefined) {
      throw new ClaworcError('usage', '--merge needs the --commit that was reviewed: nothing else is merged.');
    }
    const result = await forge.merge(number, { method: merge, commit }, signal);
    if (json) io.out(JSON.stringify({ number, ...result }));
    else if (result.outcome === 'merged')
      io.out(`merged ${number}${result.commit === null ? '' : ` as ${result.commit.slice(0, 8)}`}`);
    else {
      const why =
        result.outcome === 'moved' ? `it is not at ${commit.slice(0, 8)} any more` : 'the forge does not merge it';
      io.err(oneLine(`not merged: ${why} (${result.words})`));
    }
    return result.outcome === 'merged' ? EXIT.ok : EXIT.differences;
  }
  if (close) await forge.close(number, signal);
  const state = await forge.read(number, signal);
  if (json) io.out(JSON.stringify(state, null, 2));
  else for (const line of linesOf(state)) io.out(oneLine(line));
  return EXIT.ok;
}

function linesOf({
  number,
  title,
  state,
  mayMerge,
  url,
  head,
  base,
  checks,
  reviews,
}: PullRequestState): readonly string[] {
  const merge = {
    yes: 'may be merged',
    no: 'may not be merged now',
    unknown: 'not known yet whether it may be merged',
  };
  return [
    `${number} ${title}`,
    `${state}: ${head.branch} at ${head.commit?.slice(0, 8) ?? 'no commit'} for ${base}${state === 'open' ? `, ${merge[mayMerge]}` : ''}`,
    ...checks.map((each) => `check ${each.name}: ${each.state}${each.detail === '' ? '' : ` (${each.detail})`}`),
    ...reviews.map((each) => `review by ${each.by}: ${each.state.replace('_', ' ')}`),
    url,
  ];
}

function restOf({ link }: ForgeOptions): string {
  return link === undefined ? 'It is too long for this place; `claworc diff` tells the whole.' : `[the whole](${link})`;
}
