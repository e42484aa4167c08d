import type { Duplex } from 'node:stream';
import { openPortForward } from '../../cluster/port-forward.ts';
import type { Screen } from '../../http/schemas/common.ts';
import type { Ticket } from '../../http/schemas/answers.ts';
import { dialScreen } from '../../vnc/direct-driver.ts';
import { SCREEN_PORTS } from '../../vnc/screens.ts';
import type { ScreenMode } from '../../vnc/tickets.ts';
import { findBotPod, noCluster } from './bot-pod.ts';
import type { ObservedUnit } from '../../reconcile/status/observed.ts';
import type { AppContext } from '../app-context.ts';
import { readShownInstance } from '../instances/leaving.ts';
import { ClaworcError } from '../../lib/errors.ts';

export interface TicketOrder {
  readonly screen: Screen;
  readonly mode: ScreenMode;
  /** Address of the one who asks; the ticket is good for them only. */
  readonly client: string;
}

/**
 * A ticket that opens one WebSocket. Throws `not_found`, `cluster_unreachable` without a cluster, and `conflict` for a
 * bot that is stopped and has no pod any more.
 */
export function issueTicket(context: AppContext, id: string, { screen, mode, client }: TicketOrder): Ticket {
  const { row, record } = readShownInstance(context, id);
  if (context.cluster.connection === null) throw noCluster(context);
  const live = context.cluster.observed.unit(row.name)?.status ?? 'stopped';
  if (record.spec.state === 'stopped' && live === 'stopped') {
    throw new ClaworcError('conflict', `${row.name} is stopped: start it first.`);
  }
  const { ticket, expiresAt } = context.tickets.issue({ instance: row.name, screen, client }, mode);
  return {
    ticket,
    screen,
    expires_at: new Date(expiresAt).toISOString(),
    url: `${context.basePath}/api/v1/instances/${row.name}/screens/${screen}?ticket=${ticket}`,
  };
}

/** The mode that a ticket gives its holder, or null. It is used up either way. */
export function redeemTicket(
  { tickets }: AppContext,
  instance: string,
  { screen, ticket, client }: { screen: Screen; ticket: string; client: string },
): ScreenMode | null {
  return tickets.redeem(ticket, { instance, screen, client });
}

/** What the bot's status says of a screen that did not open; undefined for a bot that runs. */
export function whyNoScreen(unit: Pick<ObservedUnit, 'status' | 'statusReason'> | undefined): string | undefined {
  if (unit === undefined || unit.status === 'running' || unit.statusReason === '') return undefined;
  return `No screen ${unit.status === 'creating' ? 'yet' : 'now'}: ${unit.statusReason}.`;
}

/**
 * A connection to the RFB port of a bot's screen: straight to the pod from inside the cluster, else through the API
 * server. Where it leads comes from the cluster alone.
 */
export async function openScreen(context: AppContext, instance: string, screen: Screen): Promise<Duplex> {
  const { connection, namespace, pod, address } = await findBotPod(context, instance);
  const port = SCREEN_PORTS[screen];
  if (context.cluster.inCluster && address !== null) return dialScreen({ host: address, port });
  return openPortForward(connection, { namespace, pod, port });
}
