import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EventPayloads } from '../../http/schemas/answers.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import { messageOf } from '../../lib/errors.ts';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import { unitOf } from '../../store/edit.ts';
import { getFleet } from '../../store/fleet.ts';
import { listOpenEdits } from '../../store/outbox.ts';
import type { AppContext } from '../app-context.ts';
import { fleetStateOf } from './state.ts';
import { findInstances, listInstancePages, PAGE } from '../instances/list.ts';
import { mainWait } from '../publish/main-wait.ts';
import { countBot, type FleetCounts } from './count-bot.ts';
import { createFightKeeper } from '../history/keep-fights.ts';
import { createResultKeeper } from '../history/keep-results.ts';

/**
 * The whole fleet: what a new listener starts from. In pages, so that the first rows are there at once and no answer
 * grows with the fleet; a bot that changes meanwhile is told by an event of its own.
 */
export function* snapshotPages(context: AppContext): Generator<EventPayloads['snapshot']> {
  const fleet = fleetStateOf(context);
  let first = true;
  for (const page of listInstancePages(context)) {
    yield { ...page, fleet, first };
    first = false;
  }
}

const NONE: FleetCounts = { applied: 0, total: 0 };

interface Told {
  /** Of the row's text. */
  readonly digest: string;
  readonly counts: FleetCounts;
}

/**
 * Tells everybody who listens which bots changed and how the fleet is now, from what the publisher and the cluster
 * report. A bot that looks as it did is not told. Returns the way to stop.
 */
export function startChangeFeed(context: AppContext): () => void {
  const { publisher, cluster, bus, screens, tally, freshness, log } = context;
  const results = createResultKeeper(context);
  const keepFights = createFightKeeper(context);
  const told = new Map<string, Told>();
  const counted = { applied: 0, total: 0 };
  const count = (now: FleetCounts, before: FleetCounts = NONE): void => {
    counted.applied += now.applied - before.applied;
    counted.total += now.total - before.total;
  };
  let fleetTold = '';
  let linkTold = '';
  let headTold: string | null = null;
  let waitTold = mainWait(publisher.state());
  const stopped = new AbortController();
  const isStopped = (): boolean => stopped.signal.aborted;

  const note = (instance: Instance): boolean => {
    const digest = createHash('sha1').update(JSON.stringify(instance)).digest('base64');
    const before = told.get(instance.name);
    if (before?.digest === digest) return false;
    const counts = countBot(instance);
    count(counts, before?.counts);
    told.set(instance.name, { digest, counts });
    return true;
  };
  const tellInstance = (instance: Instance): void => {
    if (!note(instance)) return;
    bus.publish({ name: 'instance', payload: instance });
    if (instance.status === 'stopped') screens.closeInstance(instance.name);
  };
  const tellRemoved = (name: string): void => {
    const before = told.get(name);
    if (before === undefined) return;
    told.delete(name);
    count(NONE, before.counts);
    bus.publish({ name: 'instance_removed', payload: { name } });
    screens.closeInstance(name);
  };
  const tellFleet = (): void => {
    tally.set({ ...counted });
    const fleet = fleetStateOf(context);
    const text = JSON.stringify({ ...fleet, cluster: { ...fleet.cluster, last_seen: null } });
    if (text !== fleetTold) bus.publish({ name: 'fleet', payload: fleet });
    fleetTold = text;
  };
  /** Every bot, a page a turn. */
  const tellAll = async (tellOne: (instance: Instance) => void): Promise<void> => {
    const present = new Set<string>();
    for (const page of listInstancePages(context)) {
      for (const instance of page.instances) {
        present.add(instance.name);
        tellOne(instance);
      }
      await nextTurn();
      if (isStopped()) return;
    }
    for (const name of [...told.keys()]) if (!present.has(name)) tellRemoved(name);
  };
  /** As many bots a turn as a page has. */
  const tellSome = async (units: ReadonlySet<string>): Promise<void> => {
    const names = [...units];
    for (let at = 0; at < names.length; at += PAGE) {
      if (at > 0) await nextTurn();
      if (isStopped()) return;
      const page = names.slice(at, at + PAGE);
      const instances = findInstances(context, page);
      instances.forEach(tellInstance);
      const present = new Set(instances.map(({ name }) => name));
      for (const name of page) if (!present.has(name)) tellRemoved(name);
    }
  };
  const tell = async (touched: ReadonlySet<string>): Promise<void> => {
    if (isStopped() || getFleet(context.store.reader) === undefined) return;
    const link = JSON.stringify({ ...cluster.observed.connection(), lastSeen: null });
    // Every bot shows defaults of the fleet, and what it waits for when the cluster is away.
    const isForAll = touched.has(FLEET_UNIT) || link !== linkTold;
    linkTold = link;
    if (isForAll) await tellAll(tellInstance);
    else await tellSome(touched);
    if (!isStopped()) tellFleet();
  };
  /** One thing told after the other. Before claworc.yaml was read there is nothing to tell, and the next change tells it. */
  let telling: Promise<void> = Promise.resolve();
  const enqueue = (units: ReadonlySet<string>, tellNow: () => void | Promise<void>): void => {
    telling = telling.then(tellNow).catch((error: unknown) => {
      if (!isStopped()) log.error('A change could not be told', { units: [...units], error: messageOf(error) });
    });
  };
  let isFleetSeen = true;
  /** True once after a change of claworc.yaml that the cluster has caught up with: until then no bot counted as applied. */
  const hasCaughtUp = (): boolean => {
    const wasSeen = isFleetSeen;
    isFleetSeen = freshness.isCurrent(FLEET_UNIT, cluster.observed.commit());
    return isFleetSeen && !wasSeen;
  };
  const settle = ({ editId, units }: { readonly editId: string; readonly units: readonly string[] }): void => {
    if (units.includes(FLEET_UNIT)) isFleetSeen = false;
    bus.touch(units);
    bus.publish({ name: 'activity', payload: { id: editId } });
  };

  // What is there at the start is no change.
  enqueue(new Set(), async () => {
    if (getFleet(context.store.reader) === undefined) return;
    await tellAll((instance) => void note(instance));
    tally.set({ ...counted });
  });
  const stops = [
    () => results.stop(),
    publisher.on('published', settle),
    publisher.on('conflict', settle),
    publisher.on('failed', settle),
    publisher.on('imported', ({ commit, units }) => settle({ editId: commit, units })),
    publisher.on('proposal', ({ number, units }) => {
      bus.publish({ name: 'proposal', payload: { number } });
      bus.touch(units);
    }),
    publisher.on('rendered', ({ units }) => bus.touch(units)),
    publisher.on('state', (state) => {
      const { head } = state;
      // Each draft says what keeps it from its commit.
      const wait = mainWait(state);
      bus.touch(wait === waitTold ? [] : unitsWithDrafts(context));
      waitTold = wait;
      // The rendering that follows a push is told by the head alone.
      if (head !== null && head !== headTold) bus.publish({ name: 'activity', payload: { id: head } });
      headTold = head;
    }),
    cluster.observed.subscribe((units) => {
      try {
        results.keep(units);
        keepFights(units);
      } catch (error) {
        log.error('A result could not be written down', { units: [...units], error: messageOf(error) });
      }
      // The objects that the fleet shares stand in no row; only a change of claworc.yaml concerns every bot.
      const bots = [...units].filter((unit) => unit !== FLEET_UNIT);
      bus.touch(hasCaughtUp() ? [FLEET_UNIT, ...bots] : bots);
    }),
    bus.onTouched((units) => enqueue(units, () => tell(units))),
  ];
  return () => {
    stopped.abort();
    for (const stop of stops) stop();
  };
}

function unitsWithDrafts({ store }: AppContext): string[] {
  const units = new Set(listOpenEdits(store.reader).flatMap(({ changes }) => changes.map(unitOf)));
  // Those of the settings stand in no row.
  units.delete(FLEET_UNIT);
  return [...units];
}
