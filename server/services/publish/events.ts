import { messageOf } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import type { PublishEvents } from './publisher.ts';

type Listener<K extends keyof PublishEvents> = (event: PublishEvents[K]) => void;
type Listeners = { readonly [K in keyof PublishEvents]: Set<Listener<K>> };

export interface PublishBus {
  on<K extends keyof PublishEvents>(type: K, listener: Listener<K>): () => void;
  emit<K extends keyof PublishEvents>(type: K, event: PublishEvents[K]): void;
}

/** Tells listeners in turn; one that throws is logged and keeps nobody else from hearing. */
export function createPublishBus(log: Log): PublishBus {
  const listeners: Listeners = {
    reading: new Set(),
    published: new Set(),
    imported: new Set(),
    rendered: new Set(),
    conflict: new Set(),
    failed: new Set(),
    proposal: new Set(),
    state: new Set(),
  };
  return {
    on: (type, listener) => {
      listeners[type].add(listener);
      return () => listeners[type].delete(listener);
    },
    emit: (type, event) => {
      for (const listener of listeners[type]) {
        try {
          listener(event);
        } catch (error) {
          log.error('A listener of the publisher failed', { type, error: messageOf(error) });
        }
      }
    },
  };
}
