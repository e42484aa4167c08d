import type { FastifyReply, FastifyRequest } from 'fastify';
import { pipeline, Readable } from 'node:stream';
import { createGzip, gzip } from 'node:zlib';
import type { App } from './app-type.ts';

/** In bytes; below it the answer fits one packet anyway. */
const MIN_SIZE = 1_024;
const COMPRESSIBLE = /^(?:text\/|application\/(?:json|javascript|manifest\+json|yaml)|image\/svg\+xml)/;

/**
 * Compresses every text answer over 1 KiB for clients that take gzip, and says to caches that it depends on that.
 * Event streams take their reply over before this and are never touched.
 */
export function installCompression(app: App): void {
  app.addHook('onSend', (request, reply, payload: unknown, done) => {
    if (!isText(reply)) {
      done(null, payload);
      return;
    }
    reply.header('vary', 'accept-encoding');
    if (!takesGzip(request) || reply.statusCode === 206 || reply.hasHeader('content-encoding')) done(null, payload);
    else if (payload instanceof Readable)
      done(null, Number(sizeOf(reply)) < MIN_SIZE ? payload : throughGzip(payload, reply));
    else if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) done(null, payload);
    else if (Buffer.byteLength(payload) < MIN_SIZE) done(null, payload);
    else {
      gzip(payload, (error, packed) => {
        if (error === null) mark(reply);
        done(null, error === null ? packed : payload);
      });
    }
  });
}

function throughGzip(payload: Readable, reply: FastifyReply): Readable {
  mark(reply);
  // An error destroys both; the client sees an answer that ends early.
  return pipeline(payload, createGzip(), () => undefined);
}

function mark(reply: FastifyReply): void {
  reply.header('content-encoding', 'gzip');
  reply.removeHeader('content-length');
  reply.removeHeader('accept-ranges');
}

function isText(reply: FastifyReply): boolean {
  const type = reply.getHeader('content-type');
  return typeof type === 'string' && COMPRESSIBLE.test(type);
}

function sizeOf(reply: FastifyReply): string {
  return String(reply.getHeader('content-length') ?? Infinity);
}

/** True for `gzip` or `*` with a weight above zero. */
function takesGzip({ method, headers }: FastifyRequest): boolean {
  if (method === 'HEAD') return false;
  const accepted = [headers['accept-encoding'] ?? ''].flat().join(',').toLowerCase().split(',');
  const weights = new Map(
    accepted.map((entry) => {
      const [name = '', weight] = entry.split(';q=').map((part) => part.trim());
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  return (weights.get('gzip') ?? weights.get('*') ?? 0) > 0;
}
