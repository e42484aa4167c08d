import { FLEET_PATH, FLEET_UNIT } from '../../../constructs/repo/paths.ts';
import type { Health } from '../../http/schemas/answers.ts';
import { messageOf } from '../../lib/errors.ts';
import { getMeta, IMPORTED_COMMIT } from '../../store/meta.ts';
import { listProblems } from '../../store/problems.ts';
import type { Observed } from '../../reconcile/status/observed.ts';
import type { AppContext } from '../app-context.ts';
import type { Publisher } from '../publish/publisher.ts';
import { problemOfFleetUnit } from './state.ts';

/** What health is judged by. */
export interface HealthSeen {
  readonly cluster: { readonly observed: Pick<Observed, 'connection' | 'held' | 'standing' | 'notable' | 'unit'> };
  readonly publisher: Pick<Publisher, 'state'>;
  readonly store: Pick<AppContext['store'], 'reader' | 'trouble'>;
}

/** What works, and in words what Claworc waits for. Never throws. */
export function viewHealth(context: HealthSeen): Health {
  const connection = context.cluster.observed.connection();
  const publisher = context.publisher.state();
  const isConnected = connection.state === 'connected';
  const held = isConnected ? (heldFleet(context) ?? lastingTroubles(context)[0]) : undefined;
  const database = checkDatabase(context);
  const broken = isConnected || database !== 'ok' ? undefined : brokenFleet(context);
  const away = [broken, connection.detail || connection.state].filter((words) => words !== undefined).join('; ');
  const kubernetes = held ?? (isConnected ? 'connected' : away);
  const git = publisher.state === 'following' ? 'ok' : publisher.detail;
  const isWell = kubernetes === 'connected' && git === 'ok' && database === 'ok';
  return { status: isWell ? 'ok' : 'degraded', kubernetes, database, git };
}

/** Why what the fleet shares is not as main says; undefined where it is. */
function heldFleet(context: HealthSeen): string | undefined {
  const { observed } = context.cluster;
  return observed.held().find(({ unit }) => unit === FLEET_UNIT)?.reason ?? problemOfFleetUnit(context)[0]?.message;
}

/** What is wrong with claworc.yaml of main: where a cluster answers, the units that it holds say so. */
function brokenFleet({ store }: Pick<HealthSeen, 'store'>): string | undefined {
  const found = listProblems(store.reader).find(({ file, severity }) => file === FLEET_PATH && severity === 'error');
  return found && `${FLEET_PATH}${found.line === undefined ? '' : `:${found.line}`}: ${found.message}`;
}

/** What a person has to do in the cluster although it answers. */
function lastingTroubles({ cluster: { observed } }: HealthSeen): readonly string[] {
  return [...observed.standing(), ...observed.notable().flatMap(({ lostMarks }) => lostMarks)];
}

function checkDatabase({ store }: HealthSeen): string {
  try {
    getMeta(store.reader, IMPORTED_COMMIT);
    return store.trouble() ?? 'ok';
  } catch (error) {
    return messageOf(error);
  }
}
