import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastify from 'fastify';
import { randomUUID } from 'node:crypto';
import type { TSchema } from 'typebox';
import type { AppContext } from '../services/app-context.ts';
import type { App } from './app-type.ts';
import type { Conceal } from './conceal-folders.ts';
import { concealing } from './conceal-state.ts';
import { installCompression } from './compression.ts';
import { withoutBase } from './base-path.ts';
import { API_PREFIX } from './api-prefix.ts';
import { answerAtOnce, installErrorHandler } from './error-handler.ts';
import type { Doors } from './gate.ts';
import { admit, installGate } from './gate-hook.ts';
import { MAX_BODY, parseBody } from './json-body.ts';
import { installGitHttp } from './git-http.ts';
import { installOpenApi } from './openapi.ts';
import { installReference } from './reference.ts';
import { hookRoutes } from './routes/hooks.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { healthRoutes } from './routes/health.ts';
import { registerRoutes } from './routes/index.ts';
import { createEventStreams } from './event-streams.ts';
import { readPage } from './page.ts';
import { installStaticUi } from './static-ui.ts';
import { compileCheck } from './validation.ts';
import { installScreenUpgrade } from './screen-upgrade.ts';

export interface AppOptions {
  /** Who may talk to it; asked on each request, since a port of 0 is known only after listening. */
  readonly doors: () => Doors;
  /** Folder of the built UI. */
  readonly ui: string;
  /** The path that a proxy shows it under, `/claworc`, or empty. */
  readonly basePath: string;
  /** Applied to every error that a browser gets, and to what it is told about files of this machine. */
  readonly conceal: Conceal;
  /** @default no webhook is taken */
  readonly webhookSecretFile?: string;
}

/**
 * What answers requests for one context; it is given them by the front door. `close()` ends event streams and screens.
 */
export async function createApp(context: AppContext, options: AppOptions): Promise<App> {
  const outlets = { log: context.log, conceal: options.conceal };
  const app = fastify({
    bodyLimit: MAX_BODY,
    rewriteUrl: ({ url = '/' }) => withoutBase(url, options.basePath),
    genReqId: () => randomUUID(),
    routerOptions: { maxParamLength: 200 },
    // Before any hook, so that the gate is asked here.
    frameworkErrors: (error, request, reply) =>
      answerAtOnce(admit(request, reply, options.doors()) ?? error, request, reply, outlets),
  }).withTypeProvider<TypeBoxTypeProvider>();
  app.setValidatorCompiler<TSchema>(({ schema, httpPart }) => compileCheck(schema, httpPart ?? 'body'));
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseBody(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  installErrorHandler(app, outlets);
  installGate(app, options.doors);
  app.addHook('onRoute', (route) => {
    const show = concealing(route.schema?.operationId, options.conceal);
    if (show === undefined) return;
    route.preSerialization = [(_request, _reply, payload, done) => done(null, show(payload))];
  });
  installCompression(app);
  await installOpenApi(app, context);
  const streams = createEventStreams(app, context, options.conceal);
  const build = async () => (await readPage(options.ui, options.basePath))?.build ?? null;
  await app.register((api: App) => registerRoutes(api, context, streams, build), { prefix: API_PREFIX });
  healthRoutes(app, context, options.doors);
  metricsRoutes(app, context.metrics, streams);
  const { webhookSecretFile } = options;
  if (webhookSecretFile !== undefined)
    await app.register((hooks: App) => hookRoutes(hooks, context, webhookSecretFile));
  installReference(app);
  installGitHttp(app, context, options.conceal);
  await installStaticUi(app, options.ui, options.basePath);
  installScreenUpgrade(app, context, options);
  return app;
}
