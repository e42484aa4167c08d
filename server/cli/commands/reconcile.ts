import { join, resolve } from 'node:path';
import { serveMetrics } from '../../http/serve-metrics.ts';
import { systemClock } from '../../lib/clock.ts';
import { createProcessMetrics } from '../../lib/metrics/process-metrics.ts';
import { openReconcileLoop } from '../../services/cluster/reconcile-loop.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import {
  identityFile,
  type RemoteOptions,
  type RepositoryOptions,
  remoteChoice,
  repositoryChoice,
} from '../options.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { logFor } from '../terminal-log.ts';

interface Options extends CommonOptions, RepositoryOptions, RemoteOptions {
  readonly data: string;
  readonly repo?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly identity?: string;
  readonly waitWhileExternal: boolean;
  readonly metrics?: { readonly host: string; readonly port: number };
  readonly botMetrics: boolean;
}

/** `claworc reconcile`: applies main of a repository until it is told to end; needs a named cluster. */
export async function reconcile(options: Options, { io, cwd, env, version, signal }: Invocation): Promise<ExitCode> {
  const { repo, kubeconfig, context } = options;
  const data = resolve(cwd, options.data);
  const isNamed = kubeconfig !== undefined || context !== undefined;
  const folder = repo === undefined ? join(data, 'instances.git') : resolve(cwd, repo);
  const remote = remoteChoice(options, cwd, env);
  const metrics = createProcessMetrics(version);
  const opening = openReconcileLoop({
    repo: folder,
    data,
    ...(remote === undefined ? {} : { remote }),
    from: repositoryChoice(options),
    connection: {
      env,
      ...(isNamed ? {} : { inCluster: true }),
      ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(cwd, kubeconfig) }),
      ...(context === undefined ? {} : { context }),
    },
    identity: identityFile(options, cwd),
    metrics,
    botMetrics: options.botMetrics,
    waitsWhileExternal: options.waitWhileExternal,
    version,
    log: logFor(io, options),
    clock: systemClock,
  });
  const loop = await unlessAborted(opening, signal);
  if (loop === undefined) return EXIT.ok;
  const [from, to] = [remote?.url ?? folder, `${loop.context} (${loop.server})`];
  io.out(
    loop.isExternal
      ? `comparing ${to} with ${from}: claworc.yaml leaves applying to another program, and nothing is written`
      : `reconciling ${from} to ${to}`,
  );
  const served =
    options.metrics === undefined ? undefined : await serveMetrics(metrics, options.metrics.host, options.metrics.port);
  if (served !== undefined) io.err(`figures are at ${served.url}`);
  await loop.run(signal);
  await served?.close();
  return EXIT.ok;
}
