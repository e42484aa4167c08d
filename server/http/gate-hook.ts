import type { App } from './app-type.ts';
import { ClaworcError } from '../lib/errors.ts';
import { decide, type Doors } from './gate.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** The gate before every route, also before "not found", and the headers on every answer. */
export function installGate(app: App, doors: () => Doors): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY_HEADERS);
    reply.header('x-request-id', request.id);
    if (request.url.startsWith('/api/') || request.url === '/health') reply.header('cache-control', 'no-store');
    const decision = decide(request.method, request.headers, false, doors());
    if (decision.allowed) {
      done();
      return;
    }
    const code = decision.status === 403 ? 'forbidden' : 'unsupported_media_type';
    done(new ClaworcError(code, `Refused: ${decision.reason}.`));
  });
}
