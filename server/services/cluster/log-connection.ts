import type { Log } from '../../lib/log.ts';
import type { Observed } from '../../reconcile/status/observed.ts';

/**
 * One line whenever it changes what holds the cluster up, and one when it answers again. What holds at the call is
 * `told` already. Returns the way to stop it.
 */
export function logConnection(
  observed: Pick<Observed, 'connection' | 'subscribe'>,
  log: Log,
  told = observed.connection().detail,
): () => void {
  let last = told;
  return observed.subscribe(() => {
    const { state, detail, blind } = observed.connection();
    if (detail === last) return;
    last = detail;
    if (detail === '') log.info('The cluster answers');
    else if (blind === 'reading') log.info(detail);
    else log.warn(detail, { state });
  });
}
