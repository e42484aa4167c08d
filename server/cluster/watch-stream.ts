import type { ClusterApi } from './api.ts';
import type { ApiFailure, Status } from './errors.ts';
import type { LiveObject } from './live-object.ts';
import { pathOf, type Resource } from './resources.ts';

export type WatchEvent =
  | { readonly type: 'put'; readonly object: LiveObject }
  | { readonly type: 'remove'; readonly object: LiveObject }
  /** `endsList`: everything that was there when the watch began has been told. */
  | { readonly type: 'bookmark'; readonly resourceVersion: string; readonly endsList: boolean };

/** KEP-3157: marks the bookmark after the objects that were there. */
const LIST_END = 'k8s.io/initial-events-end';

export interface WatchOptions {
  /** Where it goes on from; null tells all that is there first, as the server has it now (KEP-3157). */
  readonly resourceVersion: string | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** The server ends the watch by itself after this long. */
  readonly timeoutSeconds: number;
  /** Called with everything that arrives, at once; a failure that it gives ends the watch. */
  readonly onEvent: (event: WatchEvent) => ApiFailure | undefined;
  /**
   * Silence that means trouble: bookmarks come about every 60 s, and an open connection alone proves nothing while an
   * API server shuts down.
   */
  readonly silenceMs: number;
  readonly signal: AbortSignal;
}

/** Follows one collection until it ends: undefined after the server's own time limit, else what went wrong. Never rejects. */
export async function watchOnce(
  api: ClusterApi,
  resource: Resource,
  namespace: string | null,
  options: WatchOptions,
): Promise<ApiFailure | undefined> {
  const { resourceVersion, labelSelector, fieldSelector, timeoutSeconds, onEvent, silenceMs, signal } = options;
  const stop = new AbortController();
  const silent = (): void => stop.abort(new DOMException(`nothing for ${silenceMs / 1_000} s`, 'TimeoutError'));
  let watchdog = setTimeout(silent, silenceMs);
  try {
    const opened = await api.http.stream({
      path: pathOf(resource, namespace),
      query: {
        watch: 'true',
        allowWatchBookmarks: 'true',
        ...(resourceVersion === null
          ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
          : { resourceVersion }),
        timeoutSeconds: String(timeoutSeconds),
        ...(labelSelector !== undefined && { labelSelector }),
        ...(fieldSelector !== undefined && { fieldSelector }),
      },
      signal: AbortSignal.any([signal, stop.signal]),
    });
    if (!opened.ok) return opened.failure;
    opened.body.setEncoding('utf8');
    let rest = '';
    for await (const chunk of opened.body as AsyncIterable<string>) {
      clearTimeout(watchdog);
      watchdog = setTimeout(silent, silenceMs);
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line === '') continue;
        const failure = dispatch(line, onEvent);
        if (failure !== undefined) return failure;
      }
    }
    return rest === '' ? undefined : { type: 'unreachable', message: 'the watch was cut in the middle of an event' };
  } catch (error) {
    const cause: unknown = stop.signal.aborted ? stop.signal.reason : error;
    const message = cause instanceof Error ? cause.message : String(cause);
    return { type: 'unreachable', message: `the watch of ${resource.plural} broke: ${message}` };
  } finally {
    clearTimeout(watchdog);
    stop.abort();
  }
}

function dispatch(line: string, onEvent: WatchOptions['onEvent']): ApiFailure | undefined {
  let event: { readonly type?: string; readonly object?: LiveObject & Status };
  try {
    event = JSON.parse(line) as typeof event;
  } catch {
    return { type: 'unreachable', message: 'the watch sent something that is not JSON' };
  }
  const { type, object } = event;
  if (object === undefined) return { type: 'unreachable', message: 'the watch sent an event without an object' };
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return onEvent({ type: 'put', object });
    case 'DELETED':
      return onEvent({ type: 'remove', object });
    case 'BOOKMARK':
      return onEvent({
        type: 'bookmark',
        resourceVersion: object.metadata.resourceVersion ?? '',
        endsList: object.metadata.annotations?.[LIST_END] === 'true',
      });
    case 'ERROR':
    case undefined:
    default: {
      const message = object.message ?? 'the watch ended with an error';
      return object.code === 410
        ? { type: 'expired', message }
        : { type: 'server', message, status: object.code ?? 0, transient: true };
    }
  }
}
