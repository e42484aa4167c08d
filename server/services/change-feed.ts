import type { EventPayloads } from '../http/schemas/views.ts';
import type { Instance } from '../http/schemas/instance.ts';
import { messageOf } from '../lib/errors.ts';
import { FLEET_UNIT } from '../store/edit.ts';
import type { Context } from './context.ts';
import { viewFleetState } from './fleet-state.ts';
import { listInstances } from './instances.ts';
import { keepMilestones } from './milestones.ts';

/** The whole fleet as it is now: what a new listener starts from. */
export function takeSnapshot(context: Context): EventPayloads['snapshot'] {
  return { instances: listInstances(context), fleet: viewFleetState(context) };
}

/**
 * Tells everybody who listens which bots changed and how the fleet is now, from what the publisher and the cluster
 * report. A bot that looks as it did is not told. Returns the way to stop.
 */
export function startChangeFeed(context: Context): () => void {
  const { publisher, cluster, bus, log } = context;
  const told = new Map<string, string>();
  let fleetTold = '';
  let linkTold = '';

  const tell = (touched: ReadonlySet<string>): void => {
    const instances = listInstances(context);
    const link = JSON.stringify({ ...cluster.view.connection(), lastSeen: null });
    // Every bot shows defaults of the fleet, and what it waits for when the cluster is away.
    const isForAll = touched.has(FLEET_UNIT) || link !== linkTold;
    linkTold = link;
    for (const instance of instances) if (isForAll || touched.has(instance.name)) tellInstance(instance);
    const present = new Set(instances.map(({ name }) => name));
    for (const name of touched) {
      if (!present.has(name) && name !== FLEET_UNIT && told.delete(name)) {
        bus.publish({ name: 'instance_removed', payload: { name } });
      }
    }
    const fleet = viewFleetState(context);
    const text = JSON.stringify({ ...fleet, cluster: { ...fleet.cluster, last_seen: null } });
    if (text !== fleetTold) bus.publish({ name: 'fleet', payload: fleet });
    fleetTold = text;
  };
  const tellInstance = (instance: Instance): void => {
    const text = JSON.stringify(instance);
    if (told.get(instance.name) === text) return;
    told.set(instance.name, text);
    bus.publish({ name: 'instance', payload: instance });
  };
  const settle = ({ editId, units }: { readonly editId: string; readonly units: readonly string[] }): void => {
    bus.touch(units);
    bus.publish({ name: 'activity', payload: { id: editId } });
  };

  for (const instance of listInstances(context)) told.set(instance.name, JSON.stringify(instance));
  const stops = [
    publisher.on('published', settle),
    publisher.on('conflict', settle),
    publisher.on('failed', settle),
    publisher.on('imported', ({ commit, units }) => settle({ editId: commit, units })),
    publisher.on('state', () => bus.touch([])),
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
