import { resolve } from 'node:path';
import { formatProblem } from '../../../constructs/schema/explain/format-problem.ts';
import { oneLine } from '../../../constructs/schema/explain/visible.ts';
import { openOrTakeOver } from '../../forge/open-or-take-over.ts';
import { systemClock } from '../../lib/clock.ts';
import { proposeCheckout, type Proposed } from '../../services/commands/propose.ts';
import { connectForge } from '../../services/forge/connect-forge.ts';
import { effectMarkdown } from '../../services/review/effect-markdown.ts';
import { effectText } from '../../services/review/effect-text.ts';
import type { Decisions } from '../../services/proposals/conflict-choices.ts';
import { conflictLines, SETTLE_WORDS } from '../conflict-text.ts';
import { descriptionText } from '../description-text.ts';
import { forgeChoice } from '../forge-options.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import type { RemoteOptions } from '../options.ts';
import { signerOf, type SigningOptions } from '../signing-options.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RemoteOptions, SigningOptions, Decisions {
  readonly path?: string;
  readonly anyOwner: boolean;
  readonly title?: string;
  readonly description?: string;
  readonly branch?: string;
  readonly base: string;
  readonly to: string;
  readonly forgeTokenFile?: string;
  readonly link?: string;
}

type Pushed = Extract<Proposed, { readonly state: 'pushed' }>;

/**
 * `claworc propose`: 0 when it is on its branch, or there is nothing to propose; 1 when something is wrong with it; 3 while
 * main changed the same and nobody said which value holds.
 */
export async function propose(options: Options, invocation: Invocation): Promise<ExitCode> {
  const { io, cwd, env, signal } = invocation;
  const { path, anyOwner, title = '', branch, base, to, json } = options;
  const description =
    options.description === undefined ? '' : await descriptionText(options.description, '--description', invocation);
  const proposed = await proposeCheckout({
    folder: resolve(cwd, options.repo ?? '.'),
    ...(path === undefined ? {} : { path }),
    ...(branch === undefined ? {} : { branch }),
    ...{ anyOwner, title, description, base, to, env, signal },
    decisions: options,
    signer: await signerOf(options, cwd),
    clock: systemClock,
    log: logFor(io, options),
  });
  const { prefix } = proposed;
  switch (proposed.state) {
    case 'nothing':
      io.out(json ? JSON.stringify({ state: 'nothing' }) : 'nothing to propose: the checkout changes no record');
      return EXIT.ok;
    case 'broken': {
      const { problems, effect } = proposed;
      if (json) io.out(JSON.stringify({ state: 'broken', problems, effect }, null, 2));
      else {
        for (const problem of problems) io.err(formatProblem(problem));
        if (effect !== null) io.err(effectText(effect, prefix));
        io.err('nothing was pushed: mend this first');
      }
      return EXIT.failed;
    }
    case 'conflict': {
      const { conflicts } = proposed;
      if (json) io.out(JSON.stringify({ state: 'conflict', conflicts }, null, 2));
      else {
        for (const line of conflictLines(conflicts)) io.out(line);
        io.err(`nothing was pushed: ${base} changed the same meanwhile; ${SETTLE_WORDS}`);
      }
      return EXIT.differences;
    }
    case 'pushed': {
      const text = description || effectMarkdown(proposed.effect, { prefix }).trimEnd();
      const pull = await openPull(options, { proposed, text, address: proposed.address }, invocation);
      if (json) {
        const { branch: on, commit, effect, along } = proposed;
        io.out(JSON.stringify({ state: 'pushed', branch: on, commit, along, pull, effect }, null, 2));
      } else tell(options, proposed, pull, invocation);
      return EXIT.ok;
    }
  }
}

interface Pull {
  readonly outcome: string;
  readonly number: number;
  readonly url: string;
}

/** Null where nothing that opens a forge was named. */
async function openPull(
  options: Options,
  about: { readonly proposed: Pushed; readonly text: string; readonly address: string },
  { cwd, env, io, signal }: Invocation,
): Promise<Pull | null> {
  const { forgeTokenFile, forgeApp, remoteCredentials, base, title = '', link } = options;
  if ((forgeTokenFile ?? forgeApp ?? remoteCredentials) === undefined) return null;
  const remote = options.remote ?? about.address;
  const surroundings = { environment: env, clock: systemClock, log: logFor(io, options) };
  await using connected = await connectForge(forgeChoice({ ...options, remote }, cwd), surroundings);
  const wish = { head: about.proposed.branch, base, title: title.trim(), description: about.text };
  const rest =
    link === undefined ? 'It is too long for this place; `claworc diff` tells the whole.' : `[the whole](${link})`;
  const result = await openOrTakeOver(connected.forge, wish, rest, signal);
  if (result.outcome === 'no_change') return null;
  return { outcome: result.outcome, number: result.pull.number, url: result.pull.url };
}

function tell({ base, to }: Options, proposed: Pushed, pull: Pull | null, { io }: Invocation): void {
  const { branch, commit, effect, along } = proposed;
  io.out(effectText(effect));
  const more = along === 0 ? '' : `, with ${along} ${along === 1 ? 'commit' : 'commits'} that ${base} has not`;
  io.out(`pushed ${branch} to ${to} at ${commit.slice(0, 8)}${more}; ${base} and this work tree are as they were`);
  if (pull !== null) io.out(oneLine(`${pull.outcome} ${pull.number}: ${pull.url}`));
  else {
    io.out(
      `next: have it reviewed. A Claworc that keeps ${base} there shows it under Proposals; on a forge, \`claworc pull-request --head ${branch}\` opens a pull request`,
    );
  }
}
