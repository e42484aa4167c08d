import type { LogLine } from '../http/schemas/views.ts';
import { findBotPod } from './bot-pod.ts';
import type { Context } from './context.ts';

export interface LogsRequest {
  /** Lines from the past. */
  readonly tail: number;
  /** False: what is there now, then the end. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** The log of a bot, line by line. Throws as `findBotPod` does, before the first line. */
export async function followInstanceLogs(
  context: Context,
  id: string,
  { tail, follow, signal }: LogsRequest,
): Promise<AsyncIterable<LogLine>> {
  const { connection, namespace, pod } = await findBotPod(context, id);
  const { followLogs } = await import('../cluster/log-stream.ts');
  return followLogs(connection, { namespace, pod, tail, follow, signal });
}
