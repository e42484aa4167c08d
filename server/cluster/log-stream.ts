import type { ClusterConnection } from './connection.ts';
import { clusterError, isTransient, unreachable, type ApiFailure } from './errors.ts';
import { createHttp, type ClusterHttp } from './http.ts';
import { createLineSplitter, parseLogLine, type LogLine } from './log-lines.ts';
import { createLogPosition, type LogPosition } from './log-position.ts';
import { pathOf, PODS } from './resources.ts';
import { backoffMs, pause } from './retry.ts';

export type { LogLine } from './log-lines.ts';

/**
 * The pod to read next, given the one before (null at first); null ends the log. It may take its time, as when a bot
 * has no pod at the moment.
 */
export type PodResolver = (previous: string | null) => Promise<string | null>;

export interface FollowLogsOptions {
  readonly namespace: string;
  /** A name ends the log when that pod is gone; a resolver lets it go on with the pod that took its place. */
  readonly pod: string | PodResolver;
  /** @default the pod's only container */
  readonly container?: string;
  /** Lines from the past, of the first pod. */
  readonly tail: number;
  /** False: what is there now, then the end. */
  readonly follow: boolean;
  /** Only lines from this time on (RFC 3339, whole seconds count). */
  readonly since?: string;
  /** Ends the log without an error. */
  readonly signal: AbortSignal;
  /**
   * A log that is silent for so long is asked for anew: a silent connection may be a dead one, or the pod gone with its
   * node. @default 60_000
   */
  readonly silenceMs?: number;
  /** Jitter of the pauses between tries. @default Math.random */
  readonly random?: () => number;
}

/**
 * `complete`: the server sent all that it has, since the container ended or the connection was closed in good order.
 * `silent`: nothing came for too long.
 */
type Ended =
  { readonly type: 'complete' | 'gone' | 'silent' } | { readonly type: 'failed'; readonly failure: ApiFailure };

/**
 * The log of a pod, line by line, no faster than the caller takes it. Following survives cuts of the connection, restarts
 * of the API server and of the container: it goes on where it was, without a line lost or doubled, for as long as the
 * pod is there. Throws `forbidden` or `cluster_refused` where waiting won't help, and, when not following, whatever
 * stands in the way.
 */
export async function* followLogs(connection: ClusterConnection, options: FollowLogsOptions): AsyncGenerator<LogLine> {
  const { pod, signal } = options;
  const http = createHttp(connection);
  const resolve: PodResolver =
    typeof pod === 'string' ? (previous) => Promise.resolve(previous === null ? pod : null) : pod;
  try {
    let previous: string | null = null;
    while (!signal.aborted) {
      const name = await resolve(previous);
      if (name === null) return;
      // Gone and named again: the cluster's view is a moment behind.
      if (name === previous) await pause(AGAIN_MS, signal);
      // Of a pod that came later nothing is past.
      yield* followPod(http, name, previous === null ? options.tail : undefined, options);
      if (!options.follow) return;
      previous = name;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await http.close();
  }
}

async function* followPod(
  http: ClusterHttp,
  pod: string,
  tail: number | undefined,
  options: FollowLogsOptions,
): AsyncGenerator<LogLine> {
  const { namespace, follow, signal, silenceMs = 60_000, random = Math.random } = options;
  const path = `${pathOf(PODS, namespace, pod)}/log`;
  const position = createLogPosition();
  for (let fruitless = 0; !signal.aborted; fruitless++) {
    position.rewind();
    const lines = readLines(http, path, queryOf(position, tail, options), { signal, silenceMs });
    try {
      for (let next = await lines.next(); ; next = await lines.next()) {
        if (next.done) {
          if (isFinal(next.value, `Pod/${namespace}/${pod}`, follow)) return;
          if (next.value.type === 'silent') fruitless = 0;
          break;
        }
        if (!position.isNew(next.value)) continue;
        fruitless = 0;
        yield next.value;
      }
    } finally {
      await lines.return({ type: 'complete' });
    }
    await pause(AGAIN_MS + backoffMs(fruitless, random, 250, 5_000), signal);
  }
}

/** Throws where waiting won't help. */
function isFinal(ended: Ended, subject: string, follow: boolean): boolean {
  if (ended.type !== 'failed') return ended.type === 'gone' || (ended.type === 'complete' && !follow);
  if (follow && (isTransient(ended.failure) || isStarting(ended.failure))) return false;
  throw clusterError(ended.failure, subject);
}

/** 204 before the pod has a node; then `container "moltbot" in pod "..." is waiting to start: ContainerCreating`. */
function isStarting(failure: ApiFailure): boolean {
  if (failure.type === 'server') return failure.status === 204;
  return failure.type === 'invalid' && /waiting to start|not available/.test(failure.message);
}

const AGAIN_MS = 100;

type Query = Readonly<Record<string, string>>;

function queryOf(position: LogPosition, tail: number | undefined, options: FollowLogsOptions): Query {
  const resumeAt = position.since();
  const since = resumeAt ?? options.since;
  return {
    timestamps: 'true',
    follow: String(options.follow),
    ...(options.container !== undefined && { container: options.container }),
    ...(since !== undefined && { sinceTime: since }),
    ...(resumeAt === undefined && tail !== undefined && { tailLines: String(tail) }),
  };
}

async function* readLines(
  http: ClusterHttp,
  path: string,
  query: Query,
  { signal, silenceMs }: { readonly signal: AbortSignal; readonly silenceMs: number },
): AsyncGenerator<LogLine, Ended> {
  const silence = new AbortController();
  const watchdog = setTimeout(() => silence.abort(), silenceMs);
  const splitter = createLineSplitter();
  try {
    const opened = await http.stream({ path, query, signal: AbortSignal.any([signal, silence.signal]) });
    if (!opened.ok) {
      const { failure } = opened;
      return failure.type === 'not_found' ? { type: 'gone' } : { type: 'failed', failure };
    }
    for await (const chunk of opened.body as AsyncIterable<Uint8Array>) {
      watchdog.refresh();
      for (const line of splitter.take(chunk)) yield parseLogLine(line);
    }
  } catch (error) {
    signal.throwIfAborted();
    // In both cases a line that was cut comes again as a whole.
    if (silence.signal.aborted) return { type: 'silent' };
    return { type: 'failed', failure: unreachable(error, 'The API server') };
  } finally {
    clearTimeout(watchdog);
  }
  const rest = splitter.rest();
  if (rest !== '') yield parseLogLine(rest);
  return { type: 'complete' };
}
