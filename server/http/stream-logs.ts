import { ClaworcError, ERROR_CODES, messageOf } from '../lib/errors.ts';
import type { AppContext } from '../services/app-context.ts';
import { followInstanceLogs } from '../services/cluster/logs.ts';
import type { Conceal } from './conceal-folders.ts';
import { concealPaths } from '../lib/conceal-paths.ts';
import { errorBody } from './error-handler.ts';
import { frameOf, type EventStream } from './event-stream.ts';
import type { EventPayloads } from './schemas/answers.ts';
import type { StreamLogs as Wanted } from './schemas/requests.ts';

/** The logs that one event stream carries beside its events. */
export interface StreamLogs {
  /**
   * From now on these and no others. A key that was there goes on, also when its log has ended; a new key begins, so that
   * a client asks again under another one.
   */
  follow(wanted: Wanted['logs']): void;
}

/** They end with the stream. A log goes no faster than the client takes it. */
export function createStreamLogs(context: AppContext, stream: EventStream, conceal: Conceal): StreamLogs {
  const words = (text: string): string => concealPaths(conceal(text));
  const running = new Map<string, AbortController>();
  stream.closed.addEventListener('abort', () => {
    for (const gone of running.values()) gone.abort();
  });

  async function read({ key, instance, tail }: Wanted['logs'][number], signal: AbortSignal): Promise<void> {
    const tell = (state: EventPayloads['log_state']): void => {
      if (!signal.aborted) stream.write(frameOf('log_state', state));
    };
    try {
      const lines = await followInstanceLogs(context, instance, { tail, follow: true, signal });
      tell({ key, state: 'following' });
      for await (const line of lines) {
        if (signal.aborted) return;
        await stream.writeWhenReady(frameOf('log', { key, ...line }));
      }
      tell({ key, state: 'ended', reason: 'The log ends here.' });
    } catch (error) {
      if (isOver(context, error)) tell({ key, state: 'ended', reason: words(messageOf(error)) });
      else tell({ key, state: 'refused', ...refusalOf(error, words) });
    }
  }
  return {
    follow: (wanted) => {
      const keys = new Set(wanted.map(({ key }) => key));
      for (const [key, gone] of running) {
        if (keys.has(key)) continue;
        gone.abort();
        running.delete(key);
      }
      for (const each of wanted) {
        if (running.has(each.key) || stream.closed.aborted) continue;
        const gone = new AbortController();
        running.set(each.key, gone);
        void read(each, gone.signal);
      }
    },
  };
}

/** Waiting and asking again changes nothing: there is no cluster in this process, or the bot is stopped. */
function isOver({ cluster }: AppContext, error: unknown): boolean {
  return (
    cluster.connection === null || (error instanceof ClaworcError && error.code === 'conflict' && !error.retryable)
  );
}

function refusalOf(
  error: unknown,
  words: (text: string) => string,
): { status: number; error: ReturnType<typeof errorBody> } {
  const detail = words(messageOf(error));
  if (!(error instanceof ClaworcError)) return { status: 500, error: { code: 'internal', detail } };
  return { status: ERROR_CODES[error.code], error: { ...errorBody(error), detail } };
}
