import type { BusEvent } from '../services/event-bus.ts';

/** So many changes can be missed by a client whose connection broke; after more of them it gets the fleet anew. */
const KEPT = 500;

/** The changes of late, by which a client that comes back gets what it missed and not the whole fleet. */
export interface EventHistory {
  add(event: BusEvent): void;
  /** What a client that has everything names as `Last-Event-ID`. */
  lastId(): string;
  /** What came after the id that a client names; null where that can't be told. */
  since(lastEventId: string | string[] | undefined): readonly BusEvent[] | null;
}

/** `epoch` tells this process from the one before, whose numbers mean nothing here. */
export function createEventHistory(epoch: string, kept = KEPT): EventHistory {
  const prefix = `${Date.parse(epoch).toString(36)}-`;
  const events: BusEvent[] = [];
  let count = 0;
  return {
    add: (event) => {
      count += 1;
      events.push(event);
      if (events.length > kept) events.shift();
    },
    lastId: () => `${prefix}${count}`,
    since: (id) => {
      if (typeof id !== 'string' || !id.startsWith(prefix) || !/^\d{1,15}$/.test(id.slice(prefix.length))) return null;
      const missed = count - Number(id.slice(prefix.length));
      return missed < 0 || missed > events.length ? null : events.slice(events.length - missed);
    },
  };
}
