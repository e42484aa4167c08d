import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { messageOf } from '../lib/errors.ts';
import type { AppContext } from '../services/app-context.ts';
import { openScreen, redeemTicket, whyNoScreen } from '../services/cluster/screens.ts';
import type { Screen } from './schemas/common.ts';
import { createViewerAcceptor } from '../vnc/screen-server.ts';
import { withoutBase } from './base-path.ts';
import { API_PREFIX } from './api-prefix.ts';
import type { App } from './app-type.ts';
import type { Doors } from './gate.ts';
import { decideOn } from './gate-hook.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

const PATH = new RegExp(`^${API_PREFIX}/instances/(bot-[a-z0-9-]{1,60})/screens/(chrome|terminal)$`);

/**
 * The one listener for upgrades of this server. The gate and the ticket come first; only then the request becomes a
 * WebSocket. A refusal is a plain HTTP answer, and the query (a ticket is in it) is never logged.
 */
export function installScreenUpgrade(app: App, context: AppContext, { doors }: { readonly doors: () => Doors }): void {
  const accept = createViewerAcceptor();
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const admission = admit(context, request, doors());
    if (!admission.ok) {
      refuse(socket, admission.status, admission.reason);
      return;
    }
    const { instance, screen, mode } = admission;
    accept(request, socket, head)
      .then((viewer) =>
        context.screens.connect(viewer, {
          instance,
          screen,
          mode,
          open: () => openScreen(context, instance, screen),
          why: () => whyNoScreen(context.cluster.observed.unit(instance)),
        }),
      )
      .catch((error: unknown) => {
        context.log.warn('A screen did not open', { instance, screen, error: messageOf(error) });
        socket.destroy();
      });
  });
  app.addHook('preClose', () => context.screens.close());
}

type Admission =
  | { readonly ok: true; readonly instance: string; readonly screen: Screen; readonly mode: 'view' | 'control' }
  | { readonly ok: false; readonly status: keyof typeof STATUS_WORDS; readonly reason: string };

function admit(context: AppContext, request: IncomingMessage, doors: Doors): Admission {
  const decision = decideOn(request, request.url ?? '', true, doors);
  if (!decision.allowed) return { ok: false, status: decision.status === 400 ? 400 : 403, reason: decision.reason };
  const place = placeOf(withoutBase(request.url ?? '', context.basePath));
  if (place === undefined) return { ok: false, status: 404, reason: 'there is no WebSocket here' };
  const { instance, screen, ticket } = place;
  const mode = redeemTicket(context, instance, { screen, ticket, client: clientOf(request) });
  if (mode === null) return { ok: false, status: 401, reason: 'the ticket is used up, expired, or for another screen' };
  return { ok: true, instance, screen, mode };
}

/** Who holds a ticket: with no login, the address that asks. */
export function clientOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? '';
}

function placeOf(url: string): { instance: string; screen: Screen; ticket: string } | undefined {
  const [path = '', query = ''] = url.split('?', 2);
  const [, instance, screen] = PATH.exec(path) ?? [];
  const ticket = new URLSearchParams(query).get('ticket');
  if (instance === undefined || screen === undefined || ticket === null) return undefined;
  return { instance, screen: screen as Screen, ticket };
}

const CODES = { 400: 'invalid', 401: 'forbidden', 403: 'forbidden', 404: 'not_found' } as const;
const STATUS_WORDS = { 400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found' } as const;

function refuse(socket: Duplex, status: keyof typeof STATUS_WORDS, reason: string): void {
  const body = JSON.stringify({ detail: `Refused: ${reason}.`, code: CODES[status] });
  socket.end(
    [
      `HTTP/1.1 ${status} ${STATUS_WORDS[status]}`,
      'Connection: close',
      ...Object.entries(SECURITY_HEADERS).map(([name, value]) => `${name}: ${value}`),
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
}
