import { setTimeout as wait } from 'node:timers/promises';
import { resolve } from 'node:path';
import { systemClock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { formatStanding } from '../../reconcile/once/status-words.ts';
import type { FleetStanding } from '../../reconcile/once/status-repo.ts';
import { statusOnce } from '../../services/commands/one-shot.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { identityFile, type RepositoryOptions, repositoryChoice } from '../options.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions {
  readonly repo?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly data: string;
  readonly watch: boolean;
}

const CODES = { ready: EXIT.ok, failed: EXIT.failed, not_yet: EXIT.differences } as const satisfies Record<
  FleetStanding['result'],
  ExitCode
>;
/** Between two looks of `--watch`: each lists the namespace once. */
const LOOK_MS = 3_000;

/** `claworc status`: reads the cluster and writes nothing; with `--watch` it ends when all is as the commit says. */
export async function status(options: Options, { cwd, env, version, signal, io }: Invocation): Promise<ExitCode> {
  const { kubeconfig, context, repo = '.', json } = options;
  const settled = {
    repo: resolve(cwd, repo),
    from: repositoryChoice(options),
    identity: identityFile(options, cwd),
    clock: systemClock,
    version,
    env,
    signal,
    log: logFor(io, options),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(cwd, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
  };
  const { watch } = options;
  const tell = (fleet: FleetStanding): void =>
    io.out(json ? JSON.stringify(fleet, null, watch ? 0 : 2) : formatStanding(fleet, systemClock.now()));
  let fleet = await statusOnce(settled);
  tell(fleet);
  for (let trouble = ''; watch && fleet.result !== 'ready';) {
    await wait(LOOK_MS, undefined, { signal });
    const next = await statusOnce(settled).catch((error: unknown) => {
      // A cluster that is away for a moment is waited for; what else is wrong ends it.
      if (!(error instanceof ClaworcError) || !error.retryable) throw error;
      if (trouble !== error.message) io.err(error.message);
      trouble = error.message;
      return fleet;
    });
    if (JSON.stringify(next) !== JSON.stringify(fleet)) {
      if (!json) io.out('');
      tell(next);
    }
    fleet = next;
  }
  return CODES[fleet.result];
}
