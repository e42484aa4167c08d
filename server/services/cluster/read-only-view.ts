import type { ConnectionView, LiveView, UnitView } from '../../reconcile/status/view.ts';

const SOMEBODY_ELSE = 'Waits for `claworc reconcile`, which applies it';

/**
 * The view of a server that only looks: another process writes, so a cluster that this one may not write to is as good
 * as connected, and what is not applied waits for the other.
 */
export function createReadOnlyView(view: LiveView): LiveView {
  return {
    ...view,
    connection: () => asConnected(view.connection()),
    unit: (name) => {
      const unit = view.unit(name);
      return unit && asWaiting(unit, view.connection());
    },
  };
}

function asConnected(connection: ConnectionView): ConnectionView {
  return connection.state === 'offered' ? { ...connection, state: 'connected', detail: '' } : connection;
}

function asWaiting(unit: UnitView, connection: ConnectionView): UnitView {
  return connection.state === 'offered' && unit.sync === 'published' ? { ...unit, reason: SOMEBODY_ELSE } : unit;
}
