import type { Health } from '../../http/schemas/views.ts';
import { messageOf } from '../../lib/errors.ts';
import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import type { AppContext } from '../app-context.ts';

/** What works, and in words what Claworc waits for. Never throws. */
export function viewHealth(context: AppContext): Health {
  const connection = context.cluster.view.connection();
  const publisher = context.publisher.state();
  const kubernetes = connection.state === 'connected' ? 'connected' : connection.detail || connection.state;
  const git = publisher.state === 'following' ? 'ok' : publisher.detail;
  const database = checkDatabase(context);
  const isWell = connection.state === 'connected' && git === 'ok' && database === 'ok';
  return { status: isWell ? 'ok' : 'degraded', kubernetes, database, git };
}

function checkDatabase({ store }: AppContext): string {
  try {
    getMeta(store.reader, IMPORTED_COMMIT);
    return 'ok';
  } catch (error) {
    return messageOf(error);
  }
}
