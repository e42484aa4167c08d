import type { EventPayloads } from '../../http/schemas/views.ts';
import type { Instance } from '../../http/schemas/instance.ts';
import { messageOf } from '../../lib/errors.ts';
import { FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { AppContext } from '../app-context.ts';
import { countUnits, viewFleetState } from './state.ts';
import { findInstances, listInstances } from '../instances/list.ts';
import { keepMilestones } from './milestones.ts';

/** The whole fleet as it is now: what a new listener starts from. */
export function takeSnapshot(context: AppContext): EventPayloads['snapshot'] {
  const instances = listInstances(context);
  return { instances, fleet: viewFleetState(context, countUnits(instances)) };
}

interface Told {
  readonly text: string;
  readonly sync: Instance['sync'];
}

/**
 * Tells everybody who listens which bots changed and how the fleet is now, from what the publisher and the cluster
 * report. A bot that looks as it did is not told. Returns the way to stop.
 */
export function startChangeFeed(context: AppContext): () => void {
  const { publisher, cluster, bus, screens, log } = context;
  const told = new Map<string, Told>();
  let fleetTold = '';
  let linkTold = '';
  let headTold: string | null = null;

  const tellInstance = (instance: Instance): void => {
    const { name, sync, status } = instance;
    const text = JSON.stringify(instance);
    if (told.get(name)?.text === text) return;
    told.set(name, { text, sync });
    bus.publish({ name: 'instance', payload: instance });
    if (status === 'stopped') screens.closeInstance(name);
  };
  const tellRemoved = (name: string): void => {
    if (!told.delete(name)) return;
    bus.publish({ name: 'instance_removed', payload: { name } });
    screens.closeInstance(name);
  };
  const tellFleet = (): void => {
    const fleet = viewFleetState(context, countUnits([...told.values()]));
    const text = JSON.stringify({ ...fleet, cluster: { ...fleet.cluster, last_seen: null } });
    if (text !== fleetTold) bus.publish({ name: 'fleet', payload: fleet });
    fleetTold = text;
  };
  const tell = (touched: ReadonlySet<string>): void => {
    const link = JSON.stringify({ ...cluster.view.connection(), lastSeen: null });
    // Every bot shows defaults of the fleet, and what it waits for when the cluster is away.
    const isForAll = touched.has(FLEET_UNIT) || link !== linkTold;
    linkTold = link;
    const instances = isForAll ? listInstances(context) : findInstances(context, touched);
    instances.forEach(tellInstance);
    const present = new Set(instances.map(({ name }) => name));
    for (const name of isForAll ? [...told.keys()] : touched) if (!present.has(name)) tellRemoved(name);
    tellFleet();
  };
  const settle = ({ editId, units }: { readonly editId: string; readonly units: readonly string[] }): void => {
    bus.touch(units);
    bus.publish({ name: 'activity', payload: { id: editId } });
  };

  for (const instance of listInstances(context)) {
    told.set(instance.name, { text: JSON.stringify(instance), sync: instance.sync });
  }
  const stops = [
    publisher.on('published', settle),
    publisher.on('conflict', settle),
    publisher.on('failed', settle),
    publisher.on('imported', ({ commit, units }) => settle({ editId: commit, units })),
    publisher.on('rendered', ({ units }) => bus.touch(units)),
    publisher.on('state', ({ head }) => {
      bus.touch([]);
      // The rendering that follows a push is told by the head alone.
      if (head !== null && head !== headTold) bus.publish({ name: 'activity', payload: { id: head } });
      headTold = head;
    }),
    cluster.view.subscribe((units) => bus.touch(units)),
    bus.onTouched((units) => {
      try {
        keepMilestones(context, units);
        tell(units);
      } catch (error) {
        log.error('A change could not be told', { units: [...units], error: messageOf(error) });
      }
    }),
  ];
  return () => stops.forEach((stop) => stop());
}
