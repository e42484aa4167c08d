import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { GitService } from '../git/http/http-backend.ts';
import { concealPaths } from '../lib/conceal-paths.ts';
import { ClaworcError } from '../lib/errors.ts';
import type { AppContext } from '../services/app-context.ts';
import { whyNoPushToMain } from '../services/proposals/main-takes.ts';
import type { App } from './app-type.ts';
import type { Conceal } from './conceal-folders.ts';
import { createGitPlaces } from './git-places.ts';
import { dropSlowReader, dropSlowSender } from './slow-client.ts';

export const GIT_PATH = '/instances.git';

const SERVICES: readonly GitService[] = ['git-upload-pack', 'git-receive-pack'];

/**
 * The repository for `git clone` and `git push`, smart protocol only. Its users are programs, so refusals are plain text:
 * git shows that as lines of `remote:`.
 */
export function installGitHttp(app: App, context: AppContext, conceal: Conceal): void {
  const { repository, publisher, log } = context;
  const places = createGitPlaces();
  const stopping = new AbortController();

  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    service: GitService,
    body: Readable | null,
  ): Promise<FastifyReply> => {
    checkClient(request);
    if (service === 'git-receive-pack') checkPush(publisher.remote());
    const leave = places.come(request.raw);
    const leaving = new AbortController();
    const signal = AbortSignal.any([leaving.signal, stopping.signal]);
    const gone = new Promise<void>((resolve) => {
      reply.raw.once('close', () => {
        leave();
        leaving.abort();
        resolve();
      });
    });
    if (service === 'git-receive-pack' && body !== null) await publisher.passForPush();
    return new Promise<FastifyReply>((resolve, reject) => {
      places
        .run(
          request.raw,
          async () => {
            if (body !== null) dropSlowSender(request.raw);
            const { 'git-protocol': version, 'content-encoding': encoding } = request.headers;
            const protocol = typeof version === 'string' && /^version=[012]$/.test(version) ? version : undefined;
            const gzipped = encoding === 'gzip' || encoding === 'x-gzip';
            const mainIsClosed = whyNoPushToMain(context);
            const found = await repository.http.answer({ service, body, gzipped, protocol, mainIsClosed, signal });
            dropSlowReader(reply.raw);
            resolve(reply.status(found.status).headers(Object.fromEntries(found.headers)).send(found.body));
            // The place is free when the last byte has gone out.
            await gone;
          },
          signal,
        )
        // Whoever gave up while waiting is nobody's failure, and hears no answer.
        .catch((error: unknown) => (leaving.signal.aborted ? resolve(reply.hijack()) : reject(error as Error)));
    });
  };

  app.register((git: App, _options, ready) => {
    git.removeAllContentTypeParsers();
    git.addContentTypeParser(
      SERVICES.map((service) => `application/x-${service}-request`),
      (_request, payload, done) => done(null, payload),
    );
    git.setErrorHandler((error, request, reply) => {
      if (!(error instanceof ClaworcError)) throw error;
      const status = STATUS[error.code] ?? 500;
      const words = conceal(error.message);
      if (status === 500) log.error('git could not be asked', { request: request.id, error: error.message });
      return reply
        .status(status)
        .type('text/plain; charset=utf-8')
        .send(`${status === 500 ? concealPaths(words) : words}\n`);
    });
    git.get(`${GIT_PATH}/info/refs`, { exposeHeadRoute: false, schema: { hide: true } }, (request, reply) => {
      const { service: asked } = request.query as { readonly service?: unknown };
      const service = SERVICES.find((each) => each === asked);
      if (service === undefined) {
        throw new ClaworcError('forbidden', 'This git is too old: only the smart protocol is spoken here.');
      }
      return answer(request, reply, service, null);
    });
    for (const service of SERVICES) {
      git.post(`${GIT_PATH}/${service}`, { schema: { hide: true } }, (request, reply) => {
        if (request.headers['content-type'] !== `application/x-${service}-request`) {
          throw new ClaworcError(
            'unsupported_media_type',
            `Only git may ask for this: application/x-${service}-request.`,
          );
        }
        return answer(request, reply, service, request.body as Readable);
      });
    }
    git.addHook('preClose', (done) => {
      stopping.abort();
      done();
    });
    ready();
  });
}

const STATUS: Readonly<Record<string, number>> = {
  invalid: 400,
  forbidden: 403,
  too_large: 413,
  unsupported_media_type: 415,
  git_unreachable: 503,
};

/** A page has no business here, not even by a link. */
function checkClient({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  if (site === undefined || site === 'same-origin' || site === 'none') return;
  throw new ClaworcError('forbidden', 'Requests from a page of another site are not let in.');
}

function checkPush(remote: ReturnType<AppContext['publisher']['remote']>): void {
  if (remote === null) return;
  throw new ClaworcError(
    'forbidden',
    `This is a copy of ${remote.url}, which can be cloned and fetched: push there, to its branch ${remote.branch}.`,
  );
}
