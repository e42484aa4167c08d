import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { ClaworcError, ERROR_CODES, messageOf, type ErrorCode } from '../lib/errors.ts';
import type { Log } from '../lib/log.ts';
import type { App } from './app-type.ts';
import type { Conceal } from './conceal-folders.ts';
import { concealPaths } from '../lib/conceal-paths.ts';
import type { ErrorBody } from './schemas/common.ts';
import { MAX_BODY } from './json-body.ts';

/** Errors of Fastify itself, in our words; their own messages speak of the framework. */
const FASTIFY_ERRORS: Readonly<Record<string, { code: ErrorCode; detail: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'too_large', detail: `The body is larger than ${MAX_BODY / 1024} KiB.` },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    code: 'unsupported_media_type',
    detail: 'Send the body as Content-Type: application/json.',
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'invalid', detail: 'The body is not as long as Content-Length says.' },
  FST_ERR_BAD_URL: { code: 'invalid', detail: 'The address is not a valid URL.' },
};

/** Where an error goes: whole to the log, without places of this machine to the browser. */
export interface ErrorOutlets {
  readonly log: Log;
  readonly conceal: Conceal;
}

/** Every answer of 400 and above leaves through here, in one shape; what is not ours is logged and not shown. */
export function installErrorHandler(app: App, out: ErrorOutlets): void {
  app.setErrorHandler((error: FastifyError | Error, request, reply) =>
    answer(toClaworcError(error), request, reply, out),
  );
  app.setNotFoundHandler((request, reply) => {
    const detail = `There is no ${request.method} ${request.url.split('?')[0] ?? ''} here.`;
    return answer(new ClaworcError('not_found', detail), request, reply, out);
  });
}

/** Statuses below 500 that Fastify and its plugins give to requests that ask for nothing sensible. */
const CLIENT_ERRORS: Readonly<Record<number, { code: ErrorCode; detail: string }>> = {
  400: { code: 'invalid', detail: 'The request is broken, or ended before it had come in whole.' },
  403: { code: 'not_found', detail: 'There is nothing here.' },
  404: { code: 'not_found', detail: 'There is nothing here.' },
};

function toClaworcError(error: FastifyError | Error): ClaworcError {
  if (error instanceof ClaworcError) return error;
  const known = 'code' in error ? FASTIFY_ERRORS[error.code] : undefined;
  if (known !== undefined) return new ClaworcError(known.code, known.detail, { cause: error });
  const client = 'statusCode' in error ? CLIENT_ERRORS[error.statusCode ?? 500] : undefined;
  if (client !== undefined) return new ClaworcError(client.code, client.detail, { cause: error });
  return new ClaworcError('internal', 'Something went wrong in the server; its log says more.', { cause: error });
}

/** Answers a request that no route and no hook has seen, such as one with a malformed address. */
export function answerAtOnce(error: Error, request: FastifyRequest, reply: FastifyReply, out: ErrorOutlets): void {
  void answer(toClaworcError(error), request, reply, out);
}

function answer(error: ClaworcError, request: FastifyRequest, reply: FastifyReply, out: ErrorOutlets): FastifyReply {
  const status = ERROR_CODES[error.code];
  if (status >= 500) {
    const cause = error.cause === undefined ? undefined : messageOf(error.cause);
    const stack = error.code === 'internal' && error.cause instanceof Error ? error.cause.stack : undefined;
    out.log.error('A request failed', {
      request: request.id,
      method: request.method,
      route: request.routeOptions.url,
      code: error.code,
      message: error.message,
      cause,
      stack,
    });
  }
  if (error.retryable) reply.header('retry-after', '2');
  return reply.status(status).type('application/json; charset=utf-8').send(shown(error, out.conceal));
}

/** Failures of what this process reads and writes on its own machine. */
const ABOUT_FILES: ReadonlySet<ErrorCode> = new Set([
  'cluster_unreachable',
  'git_unreachable',
  'git_refused',
  'database',
  'disk_full',
  'read_only',
  'secrets',
  'locked',
  'usage',
]);

function shown(error: ClaworcError, conceal: Conceal): ErrorBody {
  const body = errorBody(error);
  const words = (text: string) => (ABOUT_FILES.has(error.code) ? concealPaths(conceal(text)) : conceal(text));
  return {
    ...body,
    detail: words(body.detail),
    ...(error.subject === undefined ? {} : { subject: words(error.subject) }),
  };
}

/** The body of an error answer; `null`s of absent parts are left out. */
export function errorBody(error: ClaworcError): ErrorBody {
  return {
    ...error.body,
    detail: error.message,
    code: error.code,
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error.subject === undefined ? {} : { subject: error.subject }),
  };
}
