import { messageOf } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { ClusterApi } from './api.ts';
import type { ApiFailure } from './errors.ts';
import type { LiveObject } from './live-object.ts';
import type { Resource } from './resources.ts';
import { backoffMs, pause } from './retry.ts';
import { watchOnce, type WatchEvent } from './watch-stream.ts';

export interface ReflectorOptions {
  readonly api: ClusterApi;
  readonly resource: Resource;
  readonly namespace: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** The whole collection: takes the place of all that was told before. */
  readonly onList: (items: readonly LiveObject[]) => void;
  readonly onPut: (object: LiveObject) => void;
  readonly onRemove: (object: LiveObject) => void;
  /** With null after each answer; with a failure when the collection can't be read, or not be followed for a while. */
  readonly onState: (failure: ApiFailure | null) => void;
  readonly log: Log;
  /** @default Math.random */
  readonly random?: () => number;
  /** @default 90_000 */
  readonly silenceMs?: number;
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
 * each time, up to 30 s. A handler that throws is logged and does not end it.
 */
export function startReflector(options: ReflectorOptions): Reflector {
  const { api, resource, namespace, log, random = Math.random, silenceMs = 90_000 } = options;
  const stopped = new AbortController();
  const { signal } = stopped;
  let synced = false;
  let troubles = 0;

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

  const follow = async (from: string): Promise<ApiFailure | undefined> => {
    let resourceVersion = from;
    const onEvent = (event: WatchEvent): void => {
      troubles = 0;
      if (event.type === 'bookmark') resourceVersion = event.resourceVersion;
      else {
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
        tell(() => (event.type === 'put' ? options.onPut(event.object) : options.onRemove(event.object)));
      }
      tell(() => options.onState(null));
    };
    for (;;) {
      const timeoutSeconds = 300 + Math.floor(random() * 300);
      const failure = await watchOnce(api, resource, namespace, {
        ...selectors,
        resourceVersion,
        timeoutSeconds,
        onEvent,
        silenceMs,
        signal,
      });
      if (failure !== undefined || signal.aborted) return failure;
      // Ended by its own time limit: goes on from where it was. The pause keeps a server that ends at once in check.
      await pause(100 + backoffMs(0, random, 900), signal);
    }
  };

  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const listed = await api.list(resource, namespace, { ...selectors, signal });
      let failure: ApiFailure | undefined;
      if (listed.ok) {
        synced = true;
        tell(() => options.onList(listed.value.items));
        tell(() => options.onState(null));
        failure = await follow(listed.value.resourceVersion);
      } else failure = listed.failure;
      if (failure === undefined) continue;
      const reported = failure;
      log.debug('a watch ended and is listed again', {
        kind: resource.kind,
        cause: failure.type,
        detail: failure.message,
      });
      // A watch that breaks once is everyday; one that never opens is trouble although the list works.
      if (!listed.ok || troubles >= 2) tell(() => options.onState(reported));
      await pause(50 + backoffMs(troubles++, random, 500, LONGEST_PAUSE_MS), signal);
    }
  };
  run().catch((error: unknown) => {
    if (!signal.aborted) log.error('a reflector ended', { kind: resource.kind, error: messageOf(error) });
  });

  return { resource, isSynced: () => synced, stop: () => stopped.abort(new Error('stopped')) };
}
