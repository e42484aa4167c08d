import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { App } from './app-type.ts';
import { ClaworcError } from '../lib/errors.ts';
import { CODES, decide, type Decision, type Doors } from './gate.ts';
import { SECURITY_HEADERS } from './security-headers.ts';

/** The gate before every route, also before "not found", and the headers on every answer. */
export function installGate(app: App, doors: () => Doors): void {
  app.addHook('onRequest', (request, reply, done) => done(admit(request, reply, doors())));
}

/** Sets the headers of every answer, and gives the reason why the request may not come in; undefined where it may. */
export function admit(request: FastifyRequest, reply: FastifyReply, doors: Doors): ClaworcError | undefined {
  reply.headers(SECURITY_HEADERS);
  reply.header('x-request-id', request.id);
  if (request.url.startsWith('/api/') || request.url === '/health' || request.url === '/metrics')
    reply.header('cache-control', 'no-store');
  const decision = decideOn(request.raw, request.originalUrl, false, doors);
  return decision.allowed ? undefined : new ClaworcError(CODES[decision.status], `Refused: ${decision.reason}.`);
}

/** `target`: as it was sent, before anything was taken off it. */
export function decideOn(raw: IncomingMessage, target: string, isUpgrade: boolean, doors: Doors): Decision {
  const { method = 'GET', headers, rawHeaders } = raw;
  return decide({ method, target, headers, rawHeaders, isUpgrade }, doors);
}
