import type { ClusterApi } from './api.ts';
import type { ApiFailure } from './errors.ts';

export interface PulseOptions {
  readonly api: Pick<ClusterApi, 'connection'> & { readonly http: Pick<ClusterApi['http'], 'request' | 'reset'> };
  /** Null after each answer, whatever it says; a failure when none came in time. */
  readonly onState: (failure: ApiFailure | null) => void;
  /** From one answer to the next question. @default 12_000 */
  readonly everyMs?: number;
  /** How long an answer may take. @default 15_000 */
  readonly deadlineMs?: number;
}

export interface Pulse {
  stop(): void;
}

/**
 * Asks the API server again and again for something small. An open watch proves nothing: a server that was frozen, or
 * whose network was taken away, closes no connection, and a quiet namespace is silent for minutes anyhow. With the
 * defaults silence is known within 27 s.
 */
export function startPulse({ api, onState, everyMs = 12_000, deadlineMs = 15_000 }: PulseOptions): Pulse {
  const stopped = new AbortController();
  let silences = 0;
  let timer: NodeJS.Timeout | undefined;

  const beat = async (): Promise<void> => {
    const isAlive = await answers(api.http, AbortSignal.any([stopped.signal, AbortSignal.timeout(deadlineMs)]));
    if (stopped.signal.aborted) return;
    // Connections that a lost network left behind would swallow every later question too, and watches end with them:
    // they are made anew when silence lasts, and once more before what was missed meanwhile is read.
    if (isAlive ? silences > 1 : silences > 0) await api.http.reset();
    silences = isAlive ? 0 : silences + 1;
    onState(isAlive ? null : silence(api.connection.server, deadlineMs));
    timer = setTimeout(() => void beat(), everyMs);
  };
  timer = setTimeout(() => void beat(), everyMs);
  return {
    stop: () => {
      clearTimeout(timer);
      stopped.abort(new Error('stopped'));
    },
  };
}

/** A refusal is an answer too. */
async function answers(http: PulseOptions['api']['http'], signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await http.request({ method: 'GET', path: '/version', isProbe: true, signal });
    return answer.ok || answer.failure.type !== 'unreachable';
  } catch {
    return false;
  }
}

const silence = (server: string, deadlineMs: number): ApiFailure => ({
  type: 'unreachable',
  message: `${server} is silent: no answer within ${deadlineMs / 1_000} s, on a connection that nobody closed`,
});
