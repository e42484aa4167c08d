import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import { parsePlanFile, type PlanFile } from '../../reconcile/once/plan-file.ts';
import { formatOutcome, formatPlan } from '../../reconcile/once/words.ts';
import { outcomeData, outcomeExitCode, planData, planExitCode } from '../../reconcile/once/report.ts';
import { applyOnce, type OneShotOptions, planOnce } from '../../services/commands/one-shot.ts';
import { readNamedFile } from '../../lib/small-file.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import type { ExitCode } from '../io.ts';
import { identityFile, type RepositoryOptions, repositoryChoice } from '../options.ts';
import { logFor } from '../terminal-log.ts';

export interface ClusterCommandOptions extends CommonOptions, RepositoryOptions {
  readonly repo?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly identity?: string;
  readonly data: string;
  readonly allowOlder?: boolean;
  readonly althoughExternal?: boolean;
  readonly approveRemovals?: string;
}

interface PlanOptions extends ClusterCommandOptions {
  readonly out?: string;
}

interface ApplyOptions extends ClusterCommandOptions {
  readonly plan?: string;
}

/** `claworc plan`: writes nothing but the file that `--out` names. */
export async function plan(options: PlanOptions, invocation: Invocation): Promise<ExitCode> {
  const { plan: planned, file } = await planOnce(settle(options, invocation));
  const data = planData(planned);
  invocation.io.out(
    options.json ? JSON.stringify({ ...data, digest: file.digest }, null, 2) : formatPlan(data).trimEnd(),
  );
  if (options.out !== undefined) {
    const name = resolve(invocation.cwd, options.out);
    await writePlan(name, file);
    invocation.io.err(`plan ${file.digest} is in ${options.out}: claworc apply --plan ${options.out}`);
  }
  return planExitCode(data);
}

/** `claworc apply`: what can be done is done; 1 when something failed or nothing was sent, 3 when something waits. */
export async function apply(options: ApplyOptions, invocation: Invocation): Promise<ExitCode> {
  const planned = options.plan === undefined ? undefined : await readPlan(options.plan, invocation.cwd);
  const onProgress = progressOf(options, invocation);
  const settled = { ...settle(options, invocation), ...(onProgress && { onProgress }) };
  const data = outcomeData(await applyOnce(settled, planned));
  invocation.io.out(options.json ? JSON.stringify(data, null, 2) : formatOutcome(data).trimEnd());
  return outcomeExitCode(data);
}

/** A line for each unit that something was written of, where a person waits; what came of all is printed at the end anyhow. */
function progressOf({ json }: ApplyOptions, { io }: Invocation): OneShotOptions['onProgress'] {
  if (json || !io.isTerminal) return undefined;
  const seen = new Set<string>();
  return ({ unit, state, wrote }, units) => {
    seen.add(unit);
    if (wrote || state !== 'done') io.err(`${seen.size} of ${units}  ${unit}: ${state}`);
  };
}

/** More than a plan of 5,000 bots has. */
const MAX_PLAN_BYTES = 64 * 1024 * 1024;

async function readPlan(named: string, cwd: string): Promise<PlanFile> {
  const bytes = await readNamedFile(resolve(cwd, named), { most: MAX_PLAN_BYTES }).catch((cause: unknown) => {
    throw new ClaworcError('usage', `The plan ${named} ${messageOf(cause)}.`, { field: 'plan', cause });
  });
  return parsePlanFile(bytes.toString('utf8'), named);
}

/** Whole or not at all, so that a plan that was cut short is never applied. */
async function writePlan(file: string, plan: PlanFile): Promise<void> {
  const draft = `${file}.new`;
  try {
    await writeFile(draft, `${JSON.stringify(plan, null, 2)}\n`);
    await rename(draft, file);
  } catch (cause) {
    throw new ClaworcError('usage', `The plan can't be written to ${file}: ${messageOf(cause)}.`, {
      field: 'out',
      cause,
    });
  }
}

export function settle(options: ClusterCommandOptions, { cwd, env, version, signal, io }: Invocation): OneShotOptions {
  const { kubeconfig, context, repo = '.', allowOlder = false, althoughExternal = false, approveRemovals } = options;
  return {
    repo: resolve(cwd, repo),
    from: repositoryChoice(options),
    identity: identityFile(options, cwd),
    clock: systemClock,
    allowOlder,
    althoughExternal,
    version,
    env,
    signal,
    log: logFor(io, options),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(cwd, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
    ...(approveRemovals === undefined ? {} : { approveRemovals }),
  };
}
