import { setTimeout as pause } from 'node:timers/promises';
import { followLogs } from '../../cluster/log-stream.ts';
import type { LogLine } from '../../http/schemas/answers.ts';
import { ClaworcError } from '../../lib/errors.ts';
import { findBotPod } from './bot-pod.ts';
import type { AppContext } from '../app-context.ts';

export interface LogsRequest {
  /** Lines from the past. */
  readonly tail: number;
  /** False: what is there now, then the end. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** How often a bot that has no pod just now is looked at again. */
const POD_WAIT_MS = 1_000;

/**
 * The log of a bot, line by line; following goes on with the pod that takes the place of a replaced one, and ends when
 * the bot is stopped or gone. Throws as `findBotPod` does, before the first line.
 */
export async function followInstanceLogs(
  context: AppContext,
  id: string,
  { tail, follow, signal }: LogsRequest,
): Promise<AsyncIterable<LogLine>> {
  const first = await findBotPod(context, id);
  const { connection, namespace, container } = first;
  const nextPod = (previous: string | null): Promise<string | null> =>
    previous === null ? Promise.resolve(first.pod) : waitForPod(context, id, signal);
  return followLogs(connection, { namespace, pod: nextPod, container, tail, follow, signal });
}

async function waitForPod(context: AppContext, id: string, signal: AbortSignal): Promise<string | null> {
  while (!signal.aborted) {
    try {
      return (await findBotPod(context, id)).pod;
    } catch (error) {
      if (!(error instanceof ClaworcError) || !error.retryable) return null;
    }
    await pause(POD_WAIT_MS, undefined, { signal }).catch(() => undefined);
  }
  return null;
}
