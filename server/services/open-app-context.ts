import { join } from 'node:path';
import { initRepository } from '../git/folder/init-repository.ts';
import { openRepository, type GitRepository, type RepositoryChoice } from '../git/repository.ts';
import { createSnapshots } from '../git/read/snapshots.ts';
import type { CommitSigner } from '../git/signing/signer.ts';
import { createRenderings, type Renderings } from '../reconcile/desired/renderings.ts';
import { isoSeconds, type Clock } from '../lib/clock.ts';
import { ClaworcError } from '../lib/errors.ts';
import { noFailpoint, type Failpoint } from '../lib/failpoint.ts';
import type { Log } from '../lib/log.ts';
import { createProcessMetrics } from '../lib/metrics/process-metrics.ts';
import type { RandomBytes } from '../lib/random.ts';
import { loadFingerprintKey } from '../secrets/fingerprint.ts';
import { recipientOf, type AgeIdentity } from '../secrets/identity.ts';
import { getFleet } from '../store/fleet.ts';
import { openStore } from '../store/open-store.ts';
import { createScreens } from '../vnc/screens.ts';
import { createTickets } from '../vnc/tickets.ts';
import { startChangeFeed } from './fleet/change-feed.ts';
import type { ClusterLink, AppContext } from './app-context.ts';
import { createEventBus } from './event-bus.ts';
import { readExamples } from './commands/examples.ts';
import { takeFirstLook } from './fleet/first-look.ts';
import type { ForgeChoice } from './forge/connect-forge.ts';
import { createFreshness } from './fleet/freshness.ts';
import { addServerMetrics } from './fleet/server-metrics.ts';
import { createTally } from './fleet/tally.ts';
import { localAuthor } from './commands/local-author.ts';
import {
  openIdentity,
  recipientsOnMain,
  strangerIn,
  type FoundIdentity,
  type OpenedIdentity,
} from './keys/open-identity.ts';
import { pinOnFirstUse } from './keys/recipients.ts';
import { programDigest } from './commands/program-digest.ts';
import { guardMain } from './publish/guard-main.ts';
import { keepMarks } from './publish/keep-marks.ts';
import { measurePublishing } from './publish/measure-publishing.ts';
import { openMirror, type RemoteChoice } from './publish/open-mirror.ts';
import { createReviews } from './proposals/reviews.ts';
import { followForge, type FollowedForge } from './proposals/follow-forge.ts';
import { createPublisher } from './publish/create-publisher.ts';
import { keepInOrder } from './publish/upkeep.ts';
import { seedRepository } from './commands/seed-repository.ts';

export interface OpenOptions {
  /** The data folder: database, lock, embedded repository, identity. Made where it is missing. */
  readonly data: string;
  /** Another local repository in place of `instances.git` in the data folder. */
  readonly repo?: string;
  /** A repository elsewhere that is the truth; the data folder then holds a mirror of it. */
  readonly remote?: RemoteChoice;
  /** The forge that the remote lies on, where proposals are pull requests. @default there is none */
  readonly forge?: ForgeChoice;
  /** @default all of it, on the branch that HEAD names */
  readonly from?: RepositoryChoice;
  /** Signs every commit that is made here. @default nobody does */
  readonly signer?: CommitSigner | null;
  /** @default `age-identity.txt` in the data folder, made on the first start */
  readonly identity?: string;
  /**
   * `all`: everything in one process. `serve`: no identity, so that nothing can be decrypted here.
   * @default 'all'
   */
  readonly duty?: 'all' | 'serve';
  /** Whether an empty repository of our own starts with the three examples. */
  readonly withExamples: boolean;
  /** Joins the cluster once everything else is open. */
  readonly connectCluster: (parts: ClusterParts) => Promise<ClusterLoop>;
  /** @default the user of this machine */
  readonly author?: AppContext['author'];
  /** Told in words how far the opening is. */
  readonly onProgress?: (words: string) => void;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly version: string;
  /** The path that a proxy shows the server under: `/claworc`. @default none */
  readonly basePath?: string;
  /** Whether figures tell each bot by its name. @default true */
  readonly botMetrics?: boolean;
  /** @default 5 s */
  readonly writeTimeoutMs?: number;
  /** Told of each step of publishing and proposals. @default nobody is */
  readonly failpoint?: Failpoint;
}

/** What the way to the cluster is made from. */
export interface ClusterParts extends Pick<
  AppContext,
  'log' | 'clock' | 'version' | 'store' | 'repository' | 'snapshots' | 'metrics'
> {
  readonly renderings: Renderings;
  /** Null where nothing can be opened here. */
  readonly identity: AgeIdentity | null;
  /** False for a process that only looks at the cluster. */
  readonly mayWrite: boolean;
}

/** The cluster, and the loop that works on it until it is aborted. */
export interface ClusterLoop extends ClusterLink {
  run(signal: AbortSignal): Promise<void>;
}

export interface OpenedContext extends AppContext, AsyncDisposable {
  /** Null for `serve`, and where it is missing. */
  readonly identity: OpenedIdentity | null;
}

/**
 * Opens everything of one data folder and sets it going: the publisher, the change feed and the cluster's loop. Throws,
 * with one clear sentence, `locked` (a second process), `database`, `git_refused` or `secrets`. Disposing it ends all of
 * it and gives the lock back.
 */
export async function openContext(options: OpenOptions): Promise<OpenedContext> {
  let followed: FollowedForge | undefined;
  let endGit = (): Promise<void> => Promise.resolve();
  const { data, log, clock, random, version, failpoint = noFailpoint, onProgress = () => undefined } = options;
  onProgress('opening the data folder');
  const store = openStore({ file: join(data, 'claworc.db'), lockFile: join(data, 'claworc.lock'), log });
  try {
    // Before main is followed: what the last run knew counts, not what came since.
    store.transact((tx) => pinOnFirstUse(tx, isoSeconds(clock)));
    const author = options.author ?? localAuthor();
    onProgress('opening the repository');
    const mirror =
      options.remote === undefined
        ? undefined
        : await openMirror({ ...options, remote: options.remote, keepsGit: true });
    const repository = mirror ?? (await openInstancesRepo(options));
    endGit = () => repository.endKeptGit();
    const { opened: identity, trouble } = await openOwnIdentity(options, repository);
    if (trouble !== null) log.warn(trouble, { file: identityFile(options) });
    await seedOwn(options, repository, identity, author);
    const snapshots = createSnapshots({
      readFiles: (commit) => repository.readContents(commit),
      signatures: repository.signatures,
    });
    const marks = keepMarks({ store, log });
    const renderings = createRenderings(programDigest(), marks);
    const metrics = createProcessMetrics(version);
    const publishing = { store, repository, ...(mirror && { mirror }), snapshots, renderings, log, clock, failpoint };
    const publisher = measurePublishing(createPublisher(publishing), metrics);
    const fingerprintKey = await loadFingerprintKey(join(data, 'fingerprint.key'), random);
    const keys = { identity: identity?.identity ?? null, mayWrite: options.duty !== 'serve' };
    const parts = { log, clock, version, store, repository, snapshots, renderings, metrics, ...keys };
    onProgress('reading the credentials of the cluster');
    const cluster = await options.connectCluster(parts);
    const reviews = createReviews({ repository, snapshots, renderings });
    if (options.forge !== undefined) {
      const { branch: base = 'main', environment = {} } = options.remote ?? {};
      const seen = { store, repository, publisher, reviews, clock, log, random, failpoint };
      followed = await followForge(seen, options.forge, { base, environment });
    }
    const context: AppContext = {
      log,
      clock,
      random,
      version,
      basePath: options.basePath ?? '',
      startedAt: new Date(clock.now()).toISOString(),
      author,
      store,
      repository,
      snapshots,
      publisher,
      cluster,
      freshness: createFreshness(publisher),
      bus: createEventBus(),
      tally: createTally(),
      metrics,
      reviews,
      forge: followed?.line ?? null,
      tickets: createTickets({ clock, random }),
      screens: createScreens({ log, clock }),
      fingerprintKey,
      identityTrouble: () =>
        identity === null ? trouble : strangerIn(identity, getFleet(store.reader)?.record.spec.recipients ?? null),
      writeTimeoutMs: options.writeTimeoutMs ?? 5_000,
      failpoint,
    };
    addServerMetrics(context, options.botMetrics ?? true);
    onProgress('reading main');
    const stop = await setGoing(context, cluster, { onProgress, isOurs: options.repo === undefined });
    return {
      ...context,
      identity,
      [Symbol.asyncDispose]: async () => {
        await stop();
        await followed?.[Symbol.asyncDispose]();
        await endGit();
        marks.close();
        store.close();
      },
    };
  } catch (error) {
    await followed?.[Symbol.asyncDispose]();
    await endGit();
    store.close();
    throw error;
  }
}

function identityFile({ data, identity }: OpenOptions): string {
  return identity ?? join(data, 'age-identity.txt');
}

async function openOwnIdentity(
  options: OpenOptions,
  repository: GitRepository,
): Promise<FoundIdentity | { readonly opened: null; readonly trouble: null }> {
  const { identity, duty, clock, log } = options;
  if (duty === 'serve') return { opened: null, trouble: null };
  return openIdentity(identityFile(options), {
    isNamed: identity !== undefined,
    mayCreate: true,
    recipients: await recipientsOnMain(repository),
    clock,
    log,
  });
}

async function openInstancesRepo({
  data,
  repo,
  from,
  log,
  failpoint = noFailpoint,
  signer = null,
}: OpenOptions): Promise<GitRepository> {
  const folder = repo ?? join(data, 'instances.git');
  if (repo === undefined) await initRepository(folder);
  const repository = await openRepository({ folder, log, failpoint, keepsGit: true, signer, ...from });
  if (repository.bare) return repository;
  throw new ClaworcError(
    'git_refused',
    `${folder} is a checkout; name a bare repository (git clone --bare makes one).`,
    {
      subject: folder,
    },
  );
}

async function seedOwn(
  { repo, withExamples, clock }: OpenOptions,
  repository: GitRepository,
  opened: OpenedIdentity | null,
  author: AppContext['author'],
): Promise<void> {
  const { folder } = repository;
  if ((await repository.head()) !== null) return;
  if (opened === null) {
    throw new ClaworcError(
      'git_refused',
      `${folder} is empty: run \`claworc init\` first, which makes the identity too.`,
      { subject: folder },
    );
  }
  const records = withExamples && repo === undefined ? await readExamples() : new Map<string, string>();
  await seedRepository({ repository, recipients: [recipientOf(opened.identity)], records, author, clock });
}

/** Sets the publisher, the change feed and the cluster's loop going; gives what ends them. Nothing goes on when it throws. */
async function setGoing(
  context: AppContext,
  cluster: ClusterLoop,
  { onProgress, isOurs }: { readonly onProgress: (words: string) => void; readonly isOurs: boolean },
): Promise<() => Promise<void>> {
  const ending = new AbortController();
  const publishing = context.publisher.run(ending.signal);
  let stopGuarding: () => Promise<void> = () => Promise.resolve();
  try {
    await takeFirstLook(context, { publishing, onProgress });
    if (isOurs && context.publisher.remote() === null) stopGuarding = await guardMain(context);
    const stopFeed = startChangeFeed(context);
    // Its state names the head, so it changes with every commit: an edit, somebody's push, and the rendering of a push.
    const stopFollowing = context.publisher.on('state', () => cluster.reconcileNow());
    const reconciling = cluster.run(ending.signal);
    const askingForge = context.forge?.run(ending.signal);
    // Others may borrow objects of a repository that somebody named.
    const tidying = isOurs ? keepInOrder(context, ending.signal) : Promise.resolve();
    return async () => {
      stopFeed();
      context.freshness.stop();
      stopFollowing();
      await context.screens.close();
      ending.abort();
      await Promise.all([publishing, reconciling, tidying, askingForge, stopGuarding()]);
    };
  } catch (error) {
    context.freshness.stop();
    ending.abort();
    await publishing;
    throw error;
  }
}
