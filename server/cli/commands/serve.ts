import { resolve } from 'node:path';
import { startClaworc } from '../../http/start.ts';
import { systemClock } from '../../lib/clock.ts';
import { systemRandom } from '../../lib/random.ts';
import {
  checkNamedCluster,
  checkNamedKubeconfig,
  type ClusterChoice,
  clusterConnector,
  isClusterNamed,
} from '../../services/cluster/connect.ts';
import { checkWebhookSecret } from '../../services/publish/heard-from-forge.ts';
import { giveMemoryBack } from '../../services/give-memory-back.ts';
import { ensureUiBuilt } from '../build-ui.ts';
import { identityNotice } from '../identity-notice.ts';
import { servedForge } from '../forge-options.ts';
import type { CommonOptions, Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { type RemoteOptions, type RepositoryOptions, remoteChoice, repositoryChoice } from '../options.ts';
import { signerOf, type SigningOptions } from '../signing-options.ts';
import { unlessAborted } from '../unless-aborted.ts';
import { logFor } from '../terminal-log.ts';

interface ServeOptions extends CommonOptions, RepositoryOptions, RemoteOptions, SigningOptions {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly repo?: string;
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly publicUrl?: string;
  readonly webhookSecretFile?: string;
  readonly forgeTokenFile?: string;
  readonly botMetrics: boolean;
}

interface StartOptions extends ServeOptions {
  readonly identity?: string;
}

/** `claworc start`: everything in one process, until it is told to end. */
export function start(options: StartOptions, invocation: Invocation): Promise<ExitCode> {
  return run(options, invocation, 'all');
}

/** `claworc serve`: without an identity, and without a write to the cluster. */
export function serve(options: ServeOptions, invocation: Invocation): Promise<ExitCode> {
  return run(options, invocation, 'serve');
}

/** How long a start may take before a person is told where to look. */
const LATE_MS = 3_000;

async function run(options: StartOptions, invocation: Invocation, duty: 'all' | 'serve'): Promise<ExitCode> {
  const { io, cwd, env, root, version, signal } = invocation;
  const { host, port, data, repo, kubeconfig, context, identity, publicUrl, webhookSecretFile } = options;
  const log = logFor(io, options);
  const choice: ClusterChoice = {
    env,
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(cwd, kubeconfig) }),
    ...(context === undefined ? {} : { context }),
  };
  const remote = remoteChoice(options, cwd, env);
  const forge = servedForge(options, cwd);
  const webhook = webhookSecretFile === undefined ? undefined : resolve(cwd, webhookSecretFile);
  if (webhook !== undefined) await checkWebhookSecret(webhook, remote !== undefined);
  const signer = await signerOf(options, cwd);
  let telling: NodeJS.Timeout | undefined;
  // Before anything is said of an address: what is found at once to be wrong ends the start at once.
  await checkNamedKubeconfig(choice);
  const starting = startClaworc({
    duty,
    host,
    port,
    data: resolve(cwd, data),
    from: repositoryChoice(options),
    signer,
    prepare: async (onProgress) => {
      onProgress('reading the credentials of the cluster');
      await checkNamedCluster(choice);
      onProgress('building the dashboard');
      return { ui: (await ensureUiBuilt(root, (line) => io.err(line))).folder };
    },
    onListening: (address) => {
      const late = `not ready yet: ${publicUrl ?? address} says how far it is`;
      telling = setTimeout(() => io.err(late), LATE_MS);
    },
    // For somebody who looks around, and neither for a cluster nor for the repository of a team.
    withExamples: !isClusterNamed(choice) && remote === undefined,
    connectCluster: clusterConnector(choice),
    log,
    clock: systemClock,
    random: systemRandom,
    botMetrics: options.botMetrics,
    version,
    ...(remote === undefined ? {} : { remote }),
    ...(forge === undefined ? {} : { forge }),
    ...(webhook === undefined ? {} : { webhookSecretFile: webhook }),
    ...(repo === undefined ? {} : { repo: resolve(cwd, repo) }),
    ...(identity === undefined ? {} : { identity: resolve(cwd, identity) }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
  });
  const running = await unlessAborted(starting, signal).finally(() => clearTimeout(telling));
  if (running === undefined) return EXIT.ok;
  const made = running.context.identity;
  if (made?.isNew === true) for (const line of identityNotice(made.file)) io.err(line);
  const { detail } = running.context.cluster.observed.connection();
  if (detail !== '') io.err(detail);
  if (publicUrl !== undefined) io.err('there is no login: whoever reaches this address may do everything');
  io.out(`Claworc listens on ${publicUrl ?? running.address}`);
  // There with --expose-gc alone, as `npm start` has it.
  const { gc } = globalThis;
  const collect = (): void => gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  const heapSize = (): number => process.memoryUsage().heapTotal;
  const stopGiving = gc === undefined ? undefined : giveMemoryBack(running.context.bus, { collect, heapSize });
  await aborted(signal);
  stopGiving?.();
  io.err('ending');
  await running.stop();
  return EXIT.ok;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) done();
    signal.addEventListener('abort', () => done(), { once: true });
  });
}
