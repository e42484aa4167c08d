import { resolve } from 'node:path';
import { ClaworcError } from '../../lib/errors.ts';
import type { ShownRollout } from '../../reconcile/plan/rollout/shown-rollout.ts';
import type { RolloutAction } from '../../reconcile/plan/rollout/steer-rollout.ts';
import { rolloutOnce } from '../../services/commands/rollout-once.ts';
import type { Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { settle, type ClusterCommandOptions } from './apply.ts';
import { rollback } from './rollback.ts';

interface Options extends ClusterCommandOptions {
  readonly anyOwner: boolean;
  readonly write: boolean;
}

const STEERED: Readonly<Record<RolloutAction, string>> = {
  pause: 'Paused',
  resume: 'It goes on',
  skip: 'All bots get the change',
};
const isSteering = (action: string): action is RolloutAction => Object.hasOwn(STEERED, action);

/** `claworc rollout`: 0 where none is on its way or it was steered, 3 where one is, 1 where it stopped. */
export async function rollout(
  options: Options,
  invocation: Invocation,
  [action = 'status', target]: readonly string[],
): Promise<ExitCode> {
  if (target !== undefined && !/^[0-9a-f]{7,64}$/.test(target)) {
    throw new ClaworcError(
      'usage',
      `${target} is no commit: name the one of the rollout, as \`claworc rollout\` tells it.`,
    );
  }
  if (action === 'rollback') return takeBack(options, invocation, target);
  if (action !== 'status' && !isSteering(action)) {
    throw new ClaworcError(
      'usage',
      `${action} is nothing to do with a rollout: status, pause, resume, skip or rollback.`,
    );
  }
  const asked = action === 'status' ? undefined : { action, ...(target !== undefined && { target }) };
  const { commit, rollout: shown } = await rolloutOnce(settle(options, invocation), asked);
  const { io } = invocation;
  if (options.json) io.out(JSON.stringify({ commit, rollout: shown }, null, 2));
  else if (shown === null) io.out(`No rollout is on its way at ${commit.slice(0, 7)}.`);
  else {
    if (asked !== undefined) io.out(`${STEERED[asked.action]}: the reconciler follows, or the next \`claworc apply\`.`);
    io.out(format(shown));
  }
  if (shown === null || asked !== undefined) return EXIT.ok;
  return shown.phase === 'stopped' ? EXIT.failed : EXIT.differences;
}

/** Writes to the checkout what the fleet's defaults were before; told first, as `claworc rollback` does. */
async function takeBack(options: Options, invocation: Invocation, target: string | undefined): Promise<ExitCode> {
  const { rollout: shown } = await rolloutOnce(settle(options, invocation));
  if (shown === null || (target !== undefined && !shown.target.startsWith(target))) {
    throw new ClaworcError('conflict', 'No such rollout is on its way, so there is none to take back.');
  }
  const { repo, path, anyOwner, write, json, verbose } = options;
  const checkout = {
    ...(repo === undefined ? {} : { repo: resolve(invocation.cwd, repo) }),
    ...(path === undefined ? {} : { path }),
    ...{ anyOwner, write, json, verbose, remove: [], defaultsOnly: true },
  };
  return rollback(checkout, invocation, [shown.from]);
}

function format({ sentence, target, from, ring, rings, unhealthy, nextAt }: ShownRollout): string {
  return [
    `${sentence}.`,
    '',
    `Change: ${from.slice(0, 7)}..${target.slice(0, 7)} (claworc diff ${from.slice(0, 7)}..${target.slice(0, 7)})`,
    ...rings.map((size, at) => {
      const state = at + 1 < ring ? 'done' : at + 1 === ring ? 'has the change' : 'waits';
      return `  ring ${at + 1}: ${size === 1 ? '1 bot' : `${size} bots`}, ${state}`;
    }),
    ...(unhealthy.length === 0 ? [] : [`Unhealthy with it: ${unhealthy.join(', ')}`]),
    ...(nextAt === null ? [] : [`If all stays healthy it goes on at ${nextAt}.`]),
  ].join('\n');
}
