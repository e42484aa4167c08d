import { resolve } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import { formatOutcome, formatPlan } from '../../reconcile/once/words.ts';
import { outcomeData, outcomeExitCode, planData, planExitCode } from '../../reconcile/once/report.ts';
import { applyOnce, type OneShotOptions, planOnce } from '../../services/commands/one-shot.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import type { ExitCode } from '../io.ts';
import { identityFile, type RepositoryOptions, repositoryChoice } from '../options.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions {
  readonly repo?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly identity?: string;
  readonly data: string;
  readonly allowOlder?: boolean;
}

/** `claworc plan`: writes nothing. */
export async function plan(options: Options, invocation: Invocation): Promise<ExitCode> {
  const planned = await planOnce(settle(options, invocation));
  const data = planData(planned);
  invocation.io.out(options.json ? JSON.stringify(data, null, 2) : formatPlan(data).trimEnd());
  return planExitCode(data);
}

/** `claworc apply`: what can be done is done; 1 when something failed, 3 when something waits. */
export async function apply(options: Options, invocation: Invocation): Promise<ExitCode> {
  const data = outcomeData(await applyOnce(settle(options, invocation)));
  invocation.io.out(options.json ? JSON.stringify(data, null, 2) : formatOutcome(data).trimEnd());
  return outcomeExitCode(data);
}

function settle(options: Options, { cwd, env, version, signal, io }: Invocation): OneShotOptions {
  const { kubeconfig, context, repo = '.', allowOlder = false } = options;
  return {
    repo: resolve(cwd, repo),
    from: repositoryChoice(options),
    identity: identityFile(options, cwd),
    clock: systemClock,
    allowOlder,
    version,
    env,
    signal,
    log: logFor(io, options),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(cwd, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
  };
}
