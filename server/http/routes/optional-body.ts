import type { FastifyRequest } from 'fastify';

/** A route hook: a request without a body is as good as one with an empty object. */
export function optionalBody(request: FastifyRequest, _reply: unknown, done: () => void): void {
  request.body ??= {};
  done();
}
