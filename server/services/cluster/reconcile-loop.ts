import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { applierOf } from '../../../constructs/schema/index.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import { createApi } from '../../cluster/api.ts';
import { createApiMetrics } from '../../cluster/api-metrics.ts';
import { type ConnectionOptions, loadConnection } from '../../cluster/connection.ts';
import { openRepository, type GitRepository, type RepositoryChoice } from '../../git/repository.ts';
import { createSnapshots } from '../../git/read/snapshots.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics/metrics.ts';
import { createReconciler } from '../../reconcile/loop/create-reconciler.ts';
import { addLoopFigures, createLoopMetrics } from '../../reconcile/loop/loop-metrics.ts';
import { leftToAnother } from '../../reconcile/once/left-to-another.ts';
import { addObservedMetrics } from '../../reconcile/status/observed-metrics.ts';
import { keyOpener, type IdentityFile } from '../keys/key-opener.ts';
import { followRemote } from '../publish/follow-remote.ts';
import { openMirror, type RemoteChoice } from '../publish/open-mirror.ts';
import { logConnection } from './log-connection.ts';

export interface ReconcileLoopOptions {
  /** A bare repository or a checkout on this machine; its main is followed. */
  readonly repo: string;
  /** A repository elsewhere that is the truth; `data` then holds a mirror of it, and `repo` is not looked at. */
  readonly remote?: RemoteChoice;
  readonly data: string;
  /** @default all of it, on the branch that HEAD names */
  readonly from?: RepositoryChoice;
  readonly connection: ConnectionOptions;
  readonly identity: IdentityFile;
  /** Runs on, writing nothing, while claworc.yaml names another applier; else it is refused at the start. */
  readonly waitsWhileExternal: boolean;
  /** Filled while the loop works. */
  readonly metrics: Metrics;
  /** Whether figures tell each bot by its name. */
  readonly botMetrics: boolean;
  readonly version: string;
  readonly log: Log;
  readonly clock: Clock;
}

/** A reconciler without a server and without a database. */
export interface ReconcileLoop {
  readonly context: string;
  readonly server: string;
  /** The newest commit leaves applying to another program. */
  readonly isExternal: boolean;
  /** Works until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

/** Throws `usage` when no cluster is named, `git_refused` without a repository, `secrets` for an identity that can't be used. */
export async function openReconcileLoop(options: ReconcileLoopOptions): Promise<ReconcileLoop> {
  const { repo, from, remote, data, identity, metrics, version, log, clock } = options;
  const connection = await loadConnection(options.connection);
  const mirror =
    remote === undefined ? undefined : await openMirror({ data, remote, log, ...(from === undefined ? {} : { from }) });
  const repository = mirror ?? (await openRepository({ folder: repo, log, ...from }));
  const isExternal = await isLeftToAnother(repository);
  if (isExternal && !options.waitsWhileExternal) throw leftToAnother('reconcile');
  const open = await keyOpener(identity, { repository, clock, log });
  const api = createApi(connection, { listener: createApiMetrics(metrics) });
  const reconciler = createReconciler({
    api,
    source: repository,
    // No texts of dist/ in memory: digests tell whether what is rendered from a record is what stands there.
    snapshots: createSnapshots({ readFiles: (commit) => repository.readContents(commit) }),
    version,
    ...(open === undefined ? {} : { open }),
    listener: createLoopMetrics(metrics),
    recordsEvents: true,
    log,
    clock,
  });
  addLoopFigures(metrics, reconciler.figures);
  addObservedMetrics(metrics, reconciler.observed, options.botMetrics);
  return {
    context: connection.context,
    server: connection.server,
    isExternal,
    run: async (signal) => {
      const watch = await repository.watchMain(() => reconciler.reconcileNow());
      const stops = [logConnection(reconciler.observed, log, ''), logUnits(reconciler.observed, log)];
      const following = mirror && followRemote(mirror, { log, clock, random: Math.random }, signal);
      await reconciler.run(signal);
      await following;
      for (const stop of stops) stop();
      await watch.close();
      await api.http.close();
    },
  };
}

/** False also where claworc.yaml can't be read: until it can, nothing of it is applied anyhow. */
async function isLeftToAnother(repository: Pick<GitRepository, 'head' | 'readFile'>): Promise<boolean> {
  const head = await repository.head();
  const bytes = head === null ? null : await repository.readFile(head, FLEET_PATH);
  const parsed = bytes === null ? undefined : parseFleet(bytes, FLEET_PATH);
  return parsed?.ok === true && applierOf(parsed.fleet) === 'external';
}

/** One line whenever a unit's standing changes; nobody looks at a page here. */
function logUnits(observed: ReturnType<typeof createReconciler>['observed'], log: Log): () => void {
  const said = new Map<string, string>();
  return observed.subscribe((units) => {
    for (const name of units) {
      const unit = observed.unit(name);
      const line = unit === undefined ? 'gone' : `${unit.sync}, ${unit.status}`;
      if (said.get(name) === line) continue;
      said.set(name, line);
      const reason = [unit?.reason, unit?.statusReason].filter((part) => part !== undefined && part !== '').join('; ');
      log.info(`${name}: ${line}`, { reason, commit: unit?.commit?.slice(0, 7) });
    }
  });
}
