import type { Applier } from '../../../constructs/schema/index.ts';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { messageOf } from '../../lib/errors.ts';
import { backoffMs } from '../../cluster/retry.ts';
import { ASK_AGAIN_MS, type ClusterGate } from './cluster-gate.ts';
import type { ClusterSession } from '../live/cluster-session.ts';
import { executeUnit } from '../apply/execute.ts';
import { missedNamespace, warningsAfter, type UnitOutcome } from '../apply/outcome.ts';
import type { planUnit } from '../plan/plan.ts';
import type { PortsOnMain } from '../plan/port-moves.ts';
import type { RemovalGate } from '../plan/removals/gate.ts';
import { hasWork, isDue, type UnitPlan } from '../plan/plan-types.ts';
import type { DesiredUnit, PrunePermit } from '../desired/desired-state.ts';
import { heldBackIn, isHeldBackSince } from '../desired/held-back.ts';
import { suspensionIn } from '../desired/suspension-in.ts';
import type { LiveIndex } from '../live/live-index.ts';
import type { LiveUnit } from '../live/live-unit.ts';
import { CLASS_FRESH_MS } from '../live/storage-classes.ts';
import type { ReconcilerOptions } from './reconciler.ts';
import { createPortWaiters } from './port-waiters.ts';
import { countTroubles } from './loop-metrics.ts';
import { createUnitLooks } from './unit-looks.ts';
import { livedAfter, lostIn, withoutTouched } from './lived.ts';
import { createSecretWaiters } from './secret-waiters.ts';
import { isMadeAgain, newMemory, outcomeEvent, remember, type UnitMemory } from '../status/unit-memory.ts';
import { observeUnit } from '../status/observed-unit.ts';
import type { ObservedStore } from '../status/observed-store.ts';

export interface UnitWorkerOptions {
  readonly options: ReconcilerOptions;
  readonly observed: ObservedStore;
  /** Undefined for a unit that neither main nor the cluster knows (any more). */
  readonly desiredOf: (unit: string) => DesiredUnit | undefined;
  readonly live: () => Pick<ClusterSession, 'index' | 'events'>;
  /** Why nothing may be written now, or null. */
  readonly blocked: () => string | null;
  readonly gate: ClusterGate | null;
  readonly commit: () => string;
  readonly namespace: () => string;
  /** `external`: units are compared and shown, and nothing is written. */
  readonly applier: () => Applier;
  readonly portsOnMain: () => PortsOnMain;
  readonly permit: () => PrunePermit;
  /** @default whatever main removes may go */
  readonly removals?: RemovalGate;
  /** A unit whose objects could not be had: another value takes its place by itself. @default none */
  readonly isRefuted?: (desired: DesiredUnit) => boolean;
  readonly again: (unit: string, ms: number) => void;
  /** Ends requests that are under way. */
  readonly signal: AbortSignal;
  /** @default planUnit */
  readonly plan?: typeof planUnit;
}

export interface UnitWorker {
  /** Looks at one unit, writes what its plan says, and shows it. Never rejects. */
  readonly work: (unit: string) => Promise<void>;
  /** Lets units that failed be tried at once, and names them. */
  forgive(): readonly string[];
  /** What is fought over in the unit is put right at once. */
  goOn(unit: string): void;
  /** Units that waited for a Secret or a node port of another unit, and need not wait any longer. */
  released(): readonly string[];
  /** Circumstances of all units changed: each is to be looked at and shown again. */
  unsettle(): void;
  /** What was planned, and for which versions of objects, counts no more. */
  forgetPlans(): void;
  /** What is kept and what is in conflict, as it was planned and tried last. */
  troubles(): ReturnType<typeof countTroubles>;
  /** True when a look at the unit would find what the last one found. */
  isSettled(unit: string): boolean;
}

const WAIT_MS = 5_000;
const NAMESPACE_MS = 1_000;
const LONGEST_BACKOFF_MS = 300_000;

export function createUnitWorker(deps: UnitWorkerOptions): UnitWorker {
  const { options, observed, desiredOf, live, blocked, gate, permit, again, signal, plan } = deps;
  const { api, version, open, listener, log, clock, random = Math.random } = options;
  const memories = new Map<string, UnitMemory>();
  const index = (): LiveIndex => live().index;
  const secretWaiters = createSecretWaiters((kind, name) => index().has(kind, name));
  const portWaiters = createPortWaiters((kind, name) => index().get(kind, name));
  const released = (): readonly string[] => [...secretWaiters.release(), ...portWaiters.release()];
  const { namespace, applier, removals } = deps;
  const looks = createUnitLooks({ api, version, clock, namespace, applier, permit, removals, index, plan, signal });

  /** Nothing lives that a unit could be compared with, and so nothing of it has to be rendered. */
  const isBlind = (): boolean => api === null && live().index.isEmpty();

  const showBlind = (desired: DesiredUnit, memory: UnitMemory): void => {
    const events = live().events.of(desired.unit);
    const shared = { desired, plan: null, live: NOTHING_LIVES, events, memory };
    observed.set(observeUnit({ ...shared, blocked: blocked(), now: clock.now() }));
    memory.settled = { key: '', events, until: Infinity };
  };

  const show = (desired: DesiredUnit, memory: UnitMemory): void => {
    const { plan, live: seen, fights, key, againInMs } = looks.look(desired, memory);
    const events = live().events.of(desired.unit);
    const now = clock.now();
    const shown = observeUnit({ desired, plan, live: seen, fights, events, memory, blocked: blocked(), now });
    observed.set(shown);
    if (shown.held !== null && shown.held !== memory.told?.held) listener?.held?.(desired.unit, shown.held);
    memory.told = shown;
    // A class may be given another mind, and nothing tells of it.
    const waitsForClass = looks.waitsForClass(desired, seen);
    if (waitsForClass) again(desired.unit, CLASS_FRESH_MS);
    const isSettled = memory.planned !== undefined && !isDue(plan) && againInMs === undefined && !waitsForClass;
    const until = shown.changesAt === null ? Infinity : Date.parse(shown.changesAt);
    memory.settled = isSettled ? { key, events, until } : undefined;
    if (shown.changesAt !== null) {
      again(desired.unit, Math.min(Math.max(1, Date.parse(shown.changesAt) - now), LONGEST_BACKOFF_MS));
    }
  };

  const write = async (plan: UnitPlan, seen: LiveUnit): Promise<UnitOutcome | string> => {
    if (api === null || gate === null) return 'no cluster';
    const place = namespace();
    const refusal = await gate.namespaceRefusal(place);
    if (refusal !== null) return refusal;
    if (applier() === 'external') return 'main leaves it to another program now';
    const latest = desiredOf(plan.unit);
    if (latest !== undefined && suspensionIn(latest) !== undefined) return 'main suspends it now';
    if (isHeldBackSince(memories.get(plan.unit)?.desired, latest)) return 'a rollout holds it back now';
    const outcome = await executeUnit(plan, {
      api,
      namespace: place,
      live: seen,
      sink: live().index,
      isThere: live().index.has,
      portsOnMain: deps.portsOnMain,
      signal,
      ...(open && { open }),
    });
    if (missedNamespace(outcome)) gate.forgetNamespace();
    return outcome;
  };

  const settle = (memory: UnitMemory, outcome: UnitOutcome, desired: DesiredUnit): void => {
    const { unit } = desired;
    const now = clock.now();
    const at = new Date(now).toISOString();
    memory.outcome = outcome;
    secretWaiters.note(desired, outcome);
    portWaiters.note(outcome);
    // What was waited for may have come before the wait was noted, or with this very write, of which no watch tells.
    for (const free of released()) deps.again(free, 0);
    memory.commit = memory.wantedBy;
    memory.warnings = warningsAfter(memory.warnings, outcome);
    if (outcome.wrote) memory.appliedAt = at;
    const lost = lostIn(memory.lived);
    for (const result of outcome.results) {
      const { corrected, kind, name } = result;
      if (corrected || result.result === 'pruned' || isMadeAgain(result, lost)) looks.noteCorrected(kind, name);
      else if (result.result === 'created') looks.forgetFights([result]);
    }
    // What we wrote, replaced or removed is no loss; the next look finds what lives.
    memory.lived = withoutTouched(memory.lived, outcome.results);
    const event = outcomeEvent(outcome, memory.commit ?? deps.commit(), at, lost);
    if (event !== undefined && event.detail !== memory.events[0]?.detail) remember(memory, event);
    log[outcome.state === 'failed' ? 'warn' : 'info']('unit worked on', {
      unit,
      state: outcome.state,
      reason: outcome.reason,
    });
    if (outcome.state === 'waiting') again(unit, WAIT_MS);
    else if (outcome.state === 'done' && memory.attempts < 2) {
      // Once more at once, to see that nothing is left; a plan that never ends is slowed down like a failure.
      memory.attempts++;
      again(unit, 0);
    } else if (missedNamespace(outcome)) {
      // The next try asks for the namespace first and makes it again where that is allowed.
      memory.attempts = 0;
      again(unit, NAMESPACE_MS);
    } else {
      const delay = 1_000 + backoffMs(++memory.attempts, random, 1_000, LONGEST_BACKOFF_MS);
      memory.notBefore = now + delay;
      again(unit, delay);
    }
  };

  const workOn = async (unit: string): Promise<void> => {
    const desired = desiredOf(unit);
    if (desired === undefined) {
      memories.delete(unit);
      observed.delete(unit);
      return;
    }
    const memory = memories.get(unit) ?? newMemory();
    memories.set(unit, memory);
    if (memory.desired !== desired || memory.applier !== applier()) {
      const fresh = { planned: undefined, settled: undefined, outcome: undefined, attempts: 0, notBefore: 0 };
      const wantedBy = heldBackIn(desired)?.runs ?? deps.commit();
      Object.assign(memory, { desired, applier: applier(), wantedBy, ...fresh });
    }
    if (isBlind()) {
      showBlind(desired, memory);
      return;
    }
    await looks.prepare(desired, memory);
    const { plan, live: seen, againInMs } = looks.look(desired, memory);
    memory.lived = livedAfter(memory.lived, desired, seen);
    if (againInMs !== undefined) again(unit, againInMs);
    if (!isDue(plan)) {
      memory.attempts = 0;
      memory.notBefore = 0;
      if (blocked() === null) {
        if (isAsWanted(plan)) memory.commit = memory.wantedBy;
        memory.outcome = undefined;
      }
    } else if (memory.notBefore > clock.now()) {
      // Taken up early by an event, which used up the timer.
      again(unit, memory.notBefore - clock.now());
    } else if (blocked() === null) {
      show(desired, memory);
      const startedAt = performance.now();
      const outcome = await write(plan, seen);
      if (typeof outcome !== 'string') {
        listener?.worked(outcome, {
          seconds: (performance.now() - startedAt) / 1_000,
          commit: memory.wantedBy,
          was: seen,
        });
      }
      if (typeof outcome === 'string') {
        settle(memory, { ...NOTHING_SENT, unit, reason: outcome }, desired);
        // The gate asks no sooner, and nothing else tells that a namespace was made.
        memory.notBefore = 0;
        again(unit, ASK_AGAIN_MS);
      } else settle(memory, outcome, desired);
      if (typeof outcome !== 'string' && outcome.wrote && unit !== FLEET_UNIT) again(FLEET_UNIT, 0);
    }
    const latest = desiredOf(unit);
    if (latest !== undefined) show(latest, memory);
  };

  return {
    async work(unit) {
      try {
        await workOn(unit);
      } catch (error) {
        const desired = desiredOf(unit);
        if (signal.aborted || (desired !== undefined && deps.isRefuted?.(desired) === true)) return;
        log.error('a unit could not be worked on', { unit, error: messageOf(error) });
        again(unit, WAIT_MS);
      }
    },
    forgive() {
      const forgiven: string[] = [];
      for (const [unit, memory] of memories) {
        if (memory.notBefore > 0) forgiven.push(unit);
        memory.notBefore = 0;
      }
      return forgiven;
    },
    goOn(unit) {
      const memory = memories.get(unit);
      if (memory === undefined) return;
      looks.forgetFights(observed.unit(unit)?.fights ?? []);
      memory.settled = undefined;
      again(unit, 0);
    },
    released,
    unsettle() {
      for (const memory of memories.values()) memory.settled = undefined;
    },
    forgetPlans() {
      for (const memory of memories.values()) Object.assign(memory, { planned: undefined, settled: undefined });
    },
    troubles: () => countTroubles(memories.values()),
    isSettled(unit) {
      const desired = desiredOf(unit);
      const memory = memories.get(unit);
      if (desired === undefined || memory?.settled === undefined || memory.desired !== desired) return false;
      if (memory.applier !== applier()) return false;
      const { key, events, until } = memory.settled;
      if (isBlind()) return key === '';
      const permitted = memory.planned?.permit ?? permit();
      if (until <= clock.now() || permitted !== permit() || events !== live().events.of(unit)) return false;
      return looks.keyOf(desired) === key;
    },
  };
}

/** Another program applies when it likes: until it has, the cluster runs an older commit. */
const isAsWanted = (plan: UnitPlan): boolean =>
  plan.external === undefined ? !hasWork(plan) : plan.actions.every(({ action }) => action === 'unchanged');

const NOTHING_LIVES: LiveUnit = { objects: new Map(), parent: undefined, pods: [] };

const NOTHING_SENT: Omit<UnitOutcome, 'unit' | 'reason'> = {
  state: 'failed',
  results: [],
  warnings: [],
  wrote: false,
  retryable: true,
};
