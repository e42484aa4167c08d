import type { Instance } from '../../http/schemas/instance.ts';
import type { ObservedConnection, ObservedUnit } from '../../reconcile/status/observed.ts';
import type { EditedInstance } from './edited.ts';

/** What is known of the bot in the cluster: also of one that does not answer now, or that nobody has accepted yet. */
export function seenOf(live: ObservedUnit | undefined, connection: ObservedConnection): ObservedUnit | undefined {
  switch (connection.state) {
    case 'connected':
    case 'unreachable':
      return live;
    case 'offered':
      return live?.objects.some((object) => object.live !== null) === true ? live : undefined;
    case 'none':
      return undefined;
  }
}

/**
 * The status from what lives; where the record as it is edited wants something else than main did when the reconciler
 * looked, both are said.
 */
export function statusOf(
  { record, row, isLeaving }: EditedInstance,
  live: ObservedUnit | undefined,
  connection: ObservedConnection,
  behind: string,
): Pick<Instance, 'status' | 'status_reason'> {
  const wish = record.spec.state === 'stopped' ? 'stopped' : 'running';
  const seen = seenOf(live, connection);
  if (seen !== undefined) {
    const { status, statusReason } = seen;
    const isTold = seen.wish === wish || isLeaving;
    if (isTold || (status === 'stopped') === (wish === 'stopped')) return { status, status_reason: statusReason };
    const words = { running: 'Still running', creating: 'Still starting', stopped: 'Stopped', error: statusReason };
    const why = behind === '' ? '' : `: ${behind}`;
    return { status, status_reason: `${words[status]}, wanted ${wish}${why}` };
  }
  const reason = unseenReason(connection);
  if (wish === 'stopped') return { status: 'stopped', status_reason: reason };
  if (row.commit === null) return { status: 'creating', status_reason: behind };
  return { status: 'creating', status_reason: reason === '' ? 'Not applied yet' : reason };
}

/** Why it can't be known what lives; empty where nothing does. */
function unseenReason({ state, blind }: ObservedConnection): string {
  switch (state) {
    case 'connected':
      return '';
    case 'unreachable':
      if (blind === 'reading') return 'The cluster is being read';
      return blind === 'refused' ? 'The cluster refuses Claworc' : 'No cluster answers';
    case 'none':
      return 'No cluster is named';
    case 'offered':
      return 'The cluster is not accepted yet';
  }
}
