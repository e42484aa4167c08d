import type { ClusterApi } from '../../cluster/api.ts';
import type { LiveObject } from '../../cluster/live-object.ts';
import { REPORTING_CONTROLLER, REPORTING_INSTANCE, RECORDED_EVENTS } from '../../cluster/recorded-events.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import { FIELD_MANAGER } from '../desired/stamp.ts';
import type { UnitEvent } from './unit-events.ts';

export interface EventRecorderOptions {
  readonly api: Pick<ClusterApi, 'create' | 'mergePatch'>;
  /** Null while no namespace is followed. */
  readonly namespace: () => string | null;
  /** What an event of a unit is about: its Deployment, else its ApplySet parent; undefined where neither lives. */
  readonly regarding: (unit: string) => LiveObject | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

export interface EventRecorder {
  /**
   * Has an event written soon, or counts it as one more of its series. Never throws, and nothing waits for it. `was` is what it
   * is about where nothing of the unit lives any more.
   */
  tell(unit: string, event: UnitEvent, was?: LiveObject): void;
}

/** The same is one more of a series for this long after the last time. */
const SERIES_MS = 6 * 60_000;
/** A series is written again no sooner than this. */
const REPEAT_MS = 30_000;
/** Events of one unit at once, and until it may have one more. */
const BURST = 15;
const REFILL_MS = 60_000;
/** After a refusal nothing is sent for this long: the right may be given meanwhile. */
const REFUSED_MS = 10 * 60_000;
const MOST_SERIES = 2_000;

interface Series {
  written: LiveObject | undefined;
  count: number;
  lastMs: number;
  sentMs: number;
}

interface Told {
  readonly unit: string;
  readonly event: UnitEvent;
  readonly series: Series;
  readonly was: LiveObject | undefined;
}

/**
 * Writes what became of units as events.k8s.io/v1, so that `kubectl describe` and `kubectl events` show it. The same event is
 * counted up in its series, a unit that has many different ones loses those above its share, and a cluster that does not
 * let events be written is told of once.
 */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { api, namespace, regarding, clock, log } = options;
  const known = new Map<string, Series>();
  const budgets = new Map<string, { left: number; at: number }>();
  let silentUntil = 0;
  let isRefusalTold = false;
  let made = 0;
  let sending: Promise<void> = Promise.resolve();

  const mayTell = (unit: string, now: number): boolean => {
    const { left, at } = budgets.get(unit) ?? { left: BURST, at: now };
    const refilled = Math.min(BURST, left + (now - at) / REFILL_MS);
    budgets.set(unit, { left: refilled < 1 ? refilled : refilled - 1, at: now });
    return refilled >= 1;
  };
  const forgetOld = (now: number): void => {
    for (const [key, { lastMs }] of known) {
      if (now - lastMs <= SERIES_MS && known.size < MOST_SERIES) return;
      known.delete(key);
    }
  };

  const create = async ({ unit, event, series, was }: Told): Promise<void> => {
    const place = namespace();
    const about = regarding(unit) ?? was;
    if (place === null || about === undefined) return;
    const { apiVersion, kind, metadata } = about;
    const name = `${metadata.name}.${series.lastMs.toString(16)}${(made++).toString(16)}`;
    const object = {
      apiVersion: RECORDED_EVENTS.apiVersion,
      kind: 'Event',
      metadata: { name, namespace: place },
      eventTime: microTime(series.lastMs),
      reportingController: REPORTING_CONTROLLER,
      reportingInstance: REPORTING_INSTANCE,
      action: 'Reconcile',
      ...event,
      regarding: { apiVersion, kind, namespace: place, name: metadata.name, uid: metadata.uid },
    };
    const written = await api.create(RECORDED_EVENTS, place, object, FIELD_MANAGER);
    if (written.ok) series.written = written.value;
    else refused(written.failure);
  };
  const countUp = async (told: Told, written: LiveObject): Promise<void> => {
    const { series } = told;
    const { namespace: place = '', name, uid = '', resourceVersion = '' } = written.metadata;
    const patch = { series: { count: series.count, lastObservedTime: microTime(series.lastMs) } };
    const preconditions = { uid, resourceVersion };
    const options = { fieldManager: FIELD_MANAGER, preconditions };
    const patched = await api.mergePatch(RECORDED_EVENTS, place, name, patch, options);
    if (patched.ok) series.written = patched.value;
    else if (patched.failure.type === 'not_found' || patched.failure.type === 'stale') {
      await create(told);
    } else refused(patched.failure);
  };
  const refused = ({ type, message }: { readonly type: string; readonly message: string }): void => {
    if (type !== 'forbidden') {
      log.debug('a Kubernetes event was not written', { cause: type, detail: message });
      return;
    }
    silentUntil = clock.now() + REFUSED_MS;
    if (!isRefusalTold) log.info(`Kubernetes events are not written, as the cluster does not let us: ${message}`);
    isRefusalTold = true;
  };

  return {
    tell(unit, event, was) {
      const now = clock.now();
      if (now < silentUntil) return;
      forgetOld(now);
      const key = JSON.stringify([unit, event.reason, event.note]);
      const before = known.get(key);
      const series: Series = before ?? { written: undefined, count: 0, lastMs: now, sentMs: -Infinity };
      // Last in the order of the map: the oldest are the first to be forgotten.
      known.delete(key);
      known.set(key, series);
      series.count += 1;
      series.lastMs = now;
      if (now - series.sentMs < REPEAT_MS || !mayTell(unit, now)) return;
      series.sentMs = now;
      const told = { unit, event, series, was };
      sending = sending
        .then(() => (series.written === undefined ? create(told) : countUp(told, series.written)))
        .catch((error: unknown) => log.debug('a Kubernetes event was not written', { error }));
    },
  };
}

/** MicroTime of Kubernetes. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');
