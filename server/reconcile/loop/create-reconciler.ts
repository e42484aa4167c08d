import type { Applier } from '../../../constructs/schema/index.ts';
import { messageOf } from '../../lib/errors.ts';
import { createSnapshots } from '../../git/read/snapshots.ts';
import type { ApiFailure } from '../../cluster/errors.ts';
import { createClusterGate } from './cluster-gate.ts';
import { startSession, type ClusterSession } from '../live/cluster-session.ts';
import { observeConnection } from '../status/observed-connection.ts';
import { EventIndex } from '../live/event-index.ts';
import { NO_PORTS_ON_MAIN, portsOnMain } from '../plan/port-moves.ts';
import { LiveIndex } from '../live/live-index.ts';
import { createMainReader } from '../desired/main-reader.ts';
import { createRefutations } from '../desired/refutations.ts';
import { strayUnit } from '../desired/stray-unit.ts';
import type { DesiredState, DesiredUnit, PrunePermit } from '../desired/desired-state.ts';
import { changedUnits } from '../desired/compare.ts';
import type { Reconciler, ReconcilerOptions } from './reconciler.ts';
import { createCommitRecorder } from './commit-recorder.ts';
import { createConvergence } from './convergence.ts';
import { recordEvents } from './record-events.ts';
import { knownUnits, livesIn } from './known-units.ts';
import { ages } from './loop-metrics.ts';
import { createNamespaceWatch } from './namespace-watch.ts';
import { createPermits } from './permits.ts';
import { createRolloutWatch } from './rollout-watch.ts';
import { createRemovalWatch } from './removal-watch.ts';
import { createStandingTeller } from './tell-standing.ts';
import { createRewindAcceptor } from './rewind-acceptor.ts';
import { createTurns } from './turns.ts';
import { runUntil } from './run-until.ts';
import { createUnitQueue } from './unit-queue.ts';
import { createUnitWorker } from './unit-worker.ts';
import { WHO_APPLIES } from './who-applies.ts';
import { standingTroubles } from '../status/standing.ts';
import { createObservedStore } from '../status/observed-store.ts';

const RETRY_MAIN_MS = 10_000;
/** What isn't known of a former namespace is asked again after this long. */
const DOUBT_MS = 30_000;

/**
 * Makes the loop: it follows main and the live objects, works on the units that either of them touches, and keeps the
 * observed. Trouble of one unit never stops another; a lost cluster stops writing until it is back.
 */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { api, source, version, log, clock, resyncMs = 300_000, concurrency = 8, random = Math.random } = options;
  const refutations = createRefutations((unit, reason) => {
    log.warn('a bot was remembered as rendered right and is not: that is forgotten, and it is held', { unit, reason });
    refresh();
  });
  const snapshots = options.snapshots ?? createSnapshots(source);
  const main = createMainReader(source, { ...options, snapshots, refutations });
  const gate = api === null ? null : createClusterGate(api, options.admit ?? (() => true), () => clock.now());
  const place = api === null ? null : createNamespaceWatch(api, source, log);
  const permits = createPermits(source);
  const writeDown = api === null ? null : createCommitRecorder(api, version, log);
  const noLive = { index: new LiveIndex(), events: new EventIndex() };
  const hardStop = new AbortController();
  let desired: DesiredState | null = null;
  let session: ClusterSession | null = null;
  let gateTrouble: ApiFailure | null = null;
  let lastSeen: string | null = null;
  /** The cluster has to say who it is: at first, and after each loss of it. */
  let isStrange = true;
  /** False while the cluster doesn't say in which namespace the fleet lives. */
  let isPlaced = true;

  const live = (): Pick<ClusterSession, 'index' | 'events'> => session ?? noLive;
  const applier = (): Applier => desired?.applier ?? 'claworc';
  const isExternal = (): boolean => applier() === 'external';
  const trouble = (): ApiFailure | null => session?.trouble() ?? gateTrouble;
  const isSynced = (): boolean => session?.isSynced() ?? desired?.namespace === null;
  const observed = createObservedStore({
    connection: () =>
      observeConnection({
        connection: api?.connection ?? null,
        identity: gate?.identity() ?? null,
        // Nobody has to let a cluster be written to that is only looked at.
        isAdmitted: isExternal() || (gate?.isAdmitted() ?? false),
        isSynced: isSynced() && !isStrange,
        trouble: trouble(),
        lastSeen,
      }),
    commit: () => desired?.commit ?? null,
    namespace: () => session?.namespace ?? null,
    standing: () =>
      standingTroubles({
        behind: desired?.behind ?? null,
        suspension: isExternal() ? undefined : desired?.suspension,
        ...{ permit: permits.current(), rewind: permits.rewind(desired?.commit) },
        namespace: isExternal() ? null : (gate?.namespaceTrouble() ?? null),
        hold: isExternal() ? null : (place?.hold() ?? null),
        approval: removals.pending()?.sentence ?? null,
        rollout: rollouts.shown(),
        units: () => observed.notable(),
      }),
    ...{ retained: () => live().index.retained(), removals: () => removals.pending() },
    ...{ rollout: () => rollouts.shown(), rewind: () => permits.rewind(desired?.commit) },
  });

  const desiredOf = (unit: string): DesiredUnit | undefined =>
    desired?.units.get(unit) ?? (livesIn(live().index, applier(), unit) ? strayUnit(unit, applier()) : undefined);
  /** Why nothing may be written now, or null. */
  const blocked = (): string | null => {
    const connection = observed.connection();
    if (connection.state !== 'connected') return connection.detail;
    if (!permits.isDecidedFor(desired?.commit)) return 'main is being compared with the cluster';
    return null;
  };

  const listener = recordEvents(options, { index: () => live().index, namespace: () => session?.namespace ?? null });
  const removals = createRemovalWatch({
    api,
    clock,
    facts: () => {
      if (desired === null || session?.isSynced() !== true || isExternal()) return null;
      return permits.isDecidedFor(desired.commit) && permits.current().allowed ? { desired, session } : null;
    },
    mayWrite: () => blocked() === null,
    onUnits: (units) => {
      for (const unit of units) queue.add(unit);
      observed.touch();
    },
  });
  const rollouts = createRolloutWatch({
    ...{ api, source, snapshots, clock, log, observed: () => observed, onChange: () => refresh() },
    ...{ mayWrite: () => observed.connection().state === 'connected', onShown: () => observed.touch() },
    onTold: (shown) => listener?.rolledOut?.(shown),
  });
  const acceptRewind = createRewindAcceptor(api, version, () =>
    session === null || blocked() !== null ? null : { session, rewind: observed.rewind() },
  );
  const worker = createUnitWorker({
    options: { ...options, ...(listener && { listener }) },
    observed,
    desiredOf,
    live,
    blocked,
    gate,
    commit: () => desired?.commit ?? '',
    namespace: () => desired?.namespace ?? '',
    applier,
    portsOnMain: () => (desired === null ? NO_PORTS_ON_MAIN : portsOnMain(desired)),
    permit: permits.current,
    removals: removals.gate,
    isRefuted: refutations.has,
    again: (unit, ms) => (ms === 0 ? queue.add(unit) : queue.addAfter(unit, ms)),
    signal: hardStop.signal,
  });
  const queue = createUnitQueue({
    concurrency,
    work: worker.work,
    onIdle: () => rest(),
  });
  const convergence = createConvergence(observed, listener);
  const tellStanding = createStandingTeller(observed, log);
  const record = async (): Promise<void> => {
    if (session === null || desired === null || isExternal() || desired.suspension !== undefined) return;
    if (blocked() === null && permits.current().allowed) await writeDown?.(session, desired.commit);
  };
  const rest = (): void => {
    tellStanding();
    convergence.look();
    void record();
  };
  const addAll = (): void => {
    const known = knownUnits(live().index, applier(), desired?.units.keys() ?? [], observed.units());
    for (const unit of known) if (!worker.isSettled(unit)) queue.add(unit);
  };
  /** What all units were last looked at under. */
  let lookedUnder:
    { readonly blocked: string | null; readonly permit: PrunePermit; readonly applier: Applier } | undefined;
  let isEverythingDue = false;

  /** Goes over to a commit; the units that it changes, or that other circumstances change, are looked at. */
  const follow = (next: DesiredState | null): void => {
    const changed = next === desired ? [] : changedUnits(desired, next);
    observed.expect(changed);
    desired = next;
    if (next !== null) convergence.follow(next.commit, changed);
    const now = { blocked: blocked(), permit: permits.current(), applier: applier() };
    const isOther = lookedUnder?.blocked !== now.blocked || lookedUnder.applier !== now.applier;
    const isForAll = isEverythingDue || isOther || lookedUnder?.permit !== now.permit;
    if (isOther) worker.unsettle();
    if ((lookedUnder?.applier ?? 'claworc') !== now.applier) log.info(WHO_APPLIES[now.applier]);
    lookedUnder = now;
    isEverythingDue = false;
    removals.weigh();
    observed.touch();
    for (const unit of changed) queue.add(unit);
    if (isForAll) addAll();
    if (queue.isIdle()) rest();
  };

  const openSession = (namespace: string): void => {
    if (api === null || session?.namespace === namespace) return;
    session?.stop();
    permits.forget();
    removals.forget();
    session = startSession({
      api,
      namespace,
      log,
      onUnits: (units) => {
        for (const unit of units) queue.add(unit);
        for (const unit of worker.released()) queue.add(unit);
        removals.note(units);
        rollouts.note(units);
        if (session === null) return;
        if (permits.isSettled(session.index) || place?.isReleased(session, units) === true) refresh();
      },
      onState: () => {
        observed.touch();
        refresh();
      },
      onWentBack: () => worker.forgetPlans(),
      onSeen: () => (lastSeen = new Date(clock.now()).toISOString()),
    });
  };

  /** Gives the milliseconds after which it has to look again by itself. */
  const look = async (isDue: boolean): Promise<number | undefined> => {
    const next = await main.read();
    if (isDue) {
      gateTrouble = null;
      place?.forgetDoubt();
    }
    if (trouble() !== null) isStrange = true;
    else if (gate !== null && (isStrange || !gate.isAdmitted())) {
      const before = gate.identity();
      gateTrouble = await gate.check();
      isStrange = gateTrouble !== null;
      if (gate.identity() !== before) place?.forget();
    }
    if (next?.applier === 'external' && next.namespace !== null) {
      // Where it was applied before is no question, as nothing is written.
      place?.forget();
      isPlaced = true;
      openSession(next.namespace);
    } else if (place !== null && typeof next?.namespace === 'string') {
      const { follow: namespace, isKnown } = await place.settle(next.commit, next.namespace, session);
      isPlaced = isKnown;
      openSession(namespace);
    }
    const synced = session?.isSynced() === true ? session : null;
    // What is held back is so before anything of the commit may be written.
    const applied = await rollouts.settle(next, synced);
    if (desired?.commit === applied?.commit) follow(applied);
    if (synced !== null && next !== null) {
      await permits.decide(next, { index: synced.index, hold: place?.hold() ?? null, isPlaced });
    }
    follow(applied);
    if (gateTrouble !== null || !isPlaced) return 1_000 + random() * 4_000;
    return place?.hold()?.bots === null ? DOUBT_MS : undefined;
  };

  const turns = createTurns({
    take: look,
    onError: (error) => {
      log.warn('main cannot be read now', { error: messageOf(error) });
      return RETRY_MAIN_MS;
    },
  });
  const refresh = (): void => turns.ask();

  return {
    observed,
    figures: () => ({
      queue: queue.depth(),
      ...worker.troubles(),
      heardOf: ages(session?.heardOf),
      converged: convergence.reached(),
    }),
    reconcileNow() {
      for (const unit of worker.forgive()) queue.add(unit);
      place?.forgetDoubt();
      refresh();
    },
    goOn: (unit) => worker.goOn(unit),
    accept() {
      gate?.accept();
      refresh();
    },
    approveRemovals: (asked) => removals.approve(asked),
    steerRollout: (asked) => rollouts.steer(asked),
    acceptRewind,
    run(signal) {
      refresh();
      return runUntil(signal, {
        ...{ resyncMs, hardStop, ended: () => queue.stop() },
        onResync: () => {
          worker.forgive();
          isEverythingDue = true;
          refresh();
        },
        stop: () => [turns, removals, rollouts, session].forEach((part) => part?.stop()),
      });
    },
  };
}
