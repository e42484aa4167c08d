import { resolve } from 'node:path';
import type { RepoPlan } from '../../reconcile/plan-repo.ts';
import { hasWork } from '../../reconcile/plan-types.ts';
import { applyOnce, type OneShotOptions, planOnce } from '../../services/one-shot.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { outcomeLines, outcomeSum, planLines } from '../plan-text.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions {
  readonly repo?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly identity?: string;
  readonly data: string;
}

/** `claworc plan`: 0 nothing to do, 1 a unit is held or the cluster refused, 3 differences. Writes nothing. */
export async function plan(options: Options, invocation: Invocation): Promise<ExitCode> {
  const planned = await planOnce(settle(options, invocation));
  if (options.json) invocation.io.out(JSON.stringify(planData(planned), null, 2));
  else for (const line of planLines(planned)) invocation.io.out(line);
  if (planned.units.some(({ state }) => state === 'held')) return EXIT.failed;
  return planned.units.some(hasWork) ? EXIT.differences : EXIT.ok;
}

/** `claworc apply`: 0 when every unit is as the commit says, else 1; what could be done is done. */
export async function apply(options: Options, invocation: Invocation): Promise<ExitCode> {
  const { plan: planned, units, namespaceCreated } = await applyOnce(settle(options, invocation));
  const { io } = invocation;
  if (options.json) {
    const { commit, namespace, context, server } = planned;
    io.out(JSON.stringify({ commit, namespace, context, server, namespace_created: namespaceCreated, units }, null, 2));
  } else {
    if (namespaceCreated) io.out(`namespace ${planned.namespace} created`);
    for (const line of outcomeLines(units)) io.out(line);
    io.out(`commit ${planned.commit.slice(0, 7)}: ${outcomeSum(units)}`);
  }
  return units.every(({ state }) => state === 'done') ? EXIT.ok : EXIT.failed;
}

function settle(options: Options, { cwd, env, version, signal, io }: Invocation): OneShotOptions {
  const { kubeconfig, context, repo = '.', data } = options;
  return {
    repo: resolve(cwd, repo),
    identity: resolve(cwd, options.identity ?? `${data}/age-identity.txt`),
    version,
    env,
    signal,
    log: logFor(io, options),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(cwd, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
  };
}

/** The plan for programs; objects themselves are left out, so that nothing sealed or secret is in it. */
function planData({ commit, namespace, context, server, units }: RepoPlan): object {
  return {
    commit,
    namespace,
    context,
    server,
    units: units.map(({ unit, state, reason, actions }) => ({
      unit,
      state,
      reason,
      actions: actions.map(({ action, kind, name, reason: why, fields, drift }) => ({
        action,
        kind,
        name,
        reason: why,
        drift,
        fields,
      })),
    })),
  };
}
