import type { ObservedConnection, Observed, ObservedUnit } from '../../reconcile/status/observed.ts';

const SOMEBODY_ELSE = 'Waits for `claworc reconcile`, which applies it';

/**
 * What a server shows that only looks: another process writes, so a cluster that this one may not write to is as good
 * as connected, and what is not applied waits for the other.
 */
export function createReadOnlyObserved(observed: Observed): Observed {
  return {
    ...observed,
    connection: () => asConnected(observed.connection()),
    unit: (name) => {
      const unit = observed.unit(name);
      return unit && asWaiting(unit, observed.connection());
    },
  };
}

function asConnected(connection: ObservedConnection): ObservedConnection {
  return connection.state === 'offered' ? { ...connection, state: 'connected', detail: '' } : connection;
}

function asWaiting(unit: ObservedUnit, connection: ObservedConnection): ObservedUnit {
  return connection.state === 'offered' && unit.sync === 'published' ? { ...unit, reason: SOMEBODY_ELSE } : unit;
}
