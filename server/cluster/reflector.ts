import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { ClusterApi } from './api.ts';
import type { ApiFailure } from './errors.ts';
import type { LiveObject } from './live-object.ts';
import { isBehind } from './resource-version.ts';
import type { Resource } from './resources.ts';
import { backoffMs, pause } from './retry.ts';
import { watchOnce, type WatchEvent } from './watch-stream.ts';

/** Whether the server gives a whole collection as the beginning of a watch: found out once, and known to all reflectors. */
export interface ListStyle {
  streams: boolean;
}

export interface ReflectorOptions {
  readonly api: ClusterApi;
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /**
   * The whole collection: takes the place of all that was told before. `wentBack`: the server's history did (etcd was
   * restored): objects with a lower resourceVersion than the ones that were told are the true ones.
   */
  readonly onList: (items: readonly LiveObject[], wentBack: boolean) => void;
  readonly onPut: (object: LiveObject) => void;
  readonly onRemove: (object: LiveObject) => void;
  /** With null after each answer; with a failure when the collection can't be read, or not be followed for a while. */
  readonly onState: (failure: ApiFailure | null) => void;
  readonly log: Log;
  /** @default one of its own, that tries it */
  readonly style?: ListStyle;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default 90_000 */
  readonly silenceMs?: number;
  /** How long the beginning of a watch may take to tell all that is there. @default 60_000 */
  readonly listMs?: number;
}

export interface Reflector {
  readonly resource: Resource;
  /** True from the first complete list on. */
  isSynced(): boolean;
  /** Nothing is told after it returns. */
  stop(): void;
}

const LONGEST_PAUSE_MS = 30_000;

/**
 * Follows one collection by list and watch, for as long as it is not stopped: after any trouble it lists again, later
 * each time, up to 30 s. Where the server can, a list is the beginning of its watch (KEP-3157); else it is read in pages.
 * What a watch missed while it was away is in the list that follows; a watch that has only come to its time limit goes on
 * from where it was. A handler that throws is logged and does not end it.
 */
export function startReflector(options: ReflectorOptions): Reflector {
  const { api, resource, namespace, log, random = Math.random, silenceMs = 90_000, listMs = 60_000 } = options;
  const style = options.style ?? { streams: true };
  const stopped = new AbortController();
  const { signal } = stopped;
  let synced = false;
  let troubles = 0;
  /** How far the server's history was seen to reach; null before the first list. */
  let reached: string | null = null;
  /** A list may come from the server's cache, as long as that is not older than what was seen. */
  let mayBeCached = false;
  let hasGoneBack = false;

  const tell = (handler: () => void): void => {
    if (signal.aborted) return;
    try {
      handler();
    } catch (error) {
      log.error('a handler of live objects failed', { kind: resource.kind, error: messageOf(error) });
    }
  };
  const selectors = {
    ...(options.labelSelector !== undefined && { labelSelector: options.labelSelector }),
    ...(options.fieldSelector !== undefined && { fieldSelector: options.fieldSelector }),
  };
  const timeLimit = (): number => 300 + Math.floor(random() * 300);

  const listed = (items: readonly LiveObject[], resourceVersion: string): void => {
    const wentBack = reached !== null && isBehind(resourceVersion, reached);
    if (wentBack)
      log.warn('the API server went back to an earlier state: all of it is read anew', { kind: resource.kind });
    reached = resourceVersion;
    hasGoneBack = false;
    synced = true;
    tell(() => options.onList(items, wentBack));
    tell(() => options.onState(null));
  };
  const onEvent = (event: WatchEvent): ApiFailure | undefined => {
    const { resourceVersion = reached } = event.type === 'bookmark' ? event : event.object.metadata;
    if (resourceVersion !== null && reached !== null && isBehind(resourceVersion, reached)) {
      // A watch from a place that history never came to waits for it, and leaves out what comes before.
      hasGoneBack = true;
      return { type: 'expired', message: `the API server is at ${resourceVersion}, before ${reached}` };
    }
    troubles = 0;
    reached = resourceVersion;
    if (event.type === 'put') tell(() => options.onPut(event.object));
    else if (event.type === 'remove') tell(() => options.onRemove(event.object));
    tell(() => options.onState(null));
    return undefined;
  };

  /** Goes on from where the last list or watch ended, through one time limit after the other. */
  const follow = async (from: string): Promise<ApiFailure | undefined> => {
    let resourceVersion = from;
    for (;;) {
      const watch = { ...selectors, resourceVersion, timeoutSeconds: timeLimit(), onEvent, silenceMs, signal };
      const failure = await watchOnce(api, resource, namespace, watch);
      if (failure !== undefined || signal.aborted) return failure;
      resourceVersion = reached ?? resourceVersion;
      await rest();
    }
  };
  /** After a watch that came to its own time limit: keeps a server that ends at once in check. */
  const rest = (): Promise<void> => pause(100 + backoffMs(0, random, 900), signal);

  /** The whole collection and what comes after it, in one watch. */
  const streamed = async (): Promise<Reading> => {
    const items = new Map<string, LiveObject>();
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException('it has no end', 'TimeoutError')), listMs);
    const reading = { isRead: false };
    const collect = (event: WatchEvent): undefined => {
      if (event.type === 'put') items.set(keyOf(event.object), event.object);
      else if (event.type === 'remove') items.delete(keyOf(event.object));
      else if (event.endsList) {
        clearTimeout(timer);
        reading.isRead = true;
        const all = [...items.values()];
        items.clear();
        listed(all, event.resourceVersion);
      }
    };
    const failure = await watchOnce(api, resource, namespace, {
      ...selectors,
      resourceVersion: null,
      timeoutSeconds: timeLimit(),
      onEvent: (event) => (reading.isRead ? onEvent(event) : collect(event)),
      silenceMs,
      signal: AbortSignal.any([signal, late.signal]),
    });
    clearTimeout(timer);
    if (reading.isRead) return { isRead: true, failure };
    // Refused by a server that can't; one that never comes to the end of it can't either.
    if (failure?.type === 'invalid' || late.signal.aborted) {
      style.streams = false;
      return paged();
    }
    const cut = { type: 'unreachable', message: `the watch of ${resource.plural} ended before all was told` } as const;
    return { isRead: false, failure: failure ?? cut };
  };

  /** The whole collection in pages. */
  const paged = async (): Promise<Reading> => {
    const notOlderThan = mayBeCached && reached !== null ? { notOlderThan: reached } : {};
    const pages = await api.list(resource, namespace, { ...selectors, ...notOlderThan, signal });
    if (!pages.ok) return { isRead: false, failure: pages.failure };
    listed(pages.value.items, pages.value.resourceVersion);
    return { isRead: true, failure: await follow(pages.value.resourceVersion) };
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const { isRead, failure: ended } = await (style.streams ? streamed() : paged());
      let failure = ended;
      if (failure === undefined && reached !== null) {
        await rest();
        failure = await follow(reached);
      }
      if (failure === undefined) continue;
      const reported = failure;
      // What a watch from too far back misses is in the server's cache; one that went back has forgotten that place.
      mayBeCached = isRead && failure.type === 'expired' && !hasGoneBack;
      log.debug('a watch ended and is listed again', {
        kind: resource.kind,
        cause: failure.type,
        detail: failure.message,
      });
      // A watch that breaks once is everyday; one that never opens is trouble although the list works.
      if (!isRead || troubles >= 2) tell(() => options.onState(reported));
      const asked = failure.type === 'throttled' ? (failure.retryAfterMs ?? 0) : 0;
      await pause(asked + 50 + backoffMs(troubles++, random, 500, LONGEST_PAUSE_MS), signal);
    }
  };
  run().catch((error: unknown) => {
    if (!signal.aborted) log.error('a reflector ended', { kind: resource.kind, error: messageOf(error) });
  });

  return { resource, isSynced: () => synced, stop: () => stopped.abort(new Error('stopped')) };
}

interface Reading {
  /** The whole collection was told. */
  readonly isRead: boolean;
  /** What ended the watch after it, or the reading itself; undefined at a time limit. */
  readonly failure: ApiFailure | undefined;
}

const keyOf = ({ metadata }: LiveObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;
