import type { Overview } from '../../../../server/http/schemas/answers.ts';
import type { Instance } from '../../../../server/http/schemas/instance.ts';

/** Why a log that is followed has no lines yet. */
export function whyNoLines({ status, status_reason }: Pick<Instance, 'status' | 'status_reason'>): string {
  if (status === 'stopped') return 'The bot is stopped.';
  if (status === 'running' || status_reason === '') return 'The bot has not written anything yet.';
  return `The bot has not written anything yet: ${status_reason}.`;
}

/** Why no line can come although the cluster answers; undefined where one can. */
export function whySilent(
  { status, status_reason }: Pick<Instance, 'status' | 'status_reason'>,
  overview: Pick<Overview, 'status_repair'> | undefined,
): string | undefined {
  return status === 'error' && overview?.status_repair === 'node' ? status_reason : undefined;
}
