import fastifyStatic from '@fastify/static';
import type { FastifyRequest } from 'fastify';
import { ClaworcError } from '../lib/errors.ts';
import type { App } from './app-type.ts';
import { readPage } from './page.ts';

const YEAR_MS = 365 * 24 * 3600 * 1000;

const notBuilt = (basePath: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<base href="${basePath}/">
<title>OpenClaw Orchestrator</title>
<h1>The dashboard is not built</h1>
<p>Run <code>npm run build:ui</code> in the checkout and load this page again. The API works: <a href="api">read about it</a>.</p>
</html>
`;

/**
 * The built dashboard. Files under assets/ carry a hash of their content in the name and are kept for ever; every other
 * path that looks like a page is answered with index.html, which is never kept.
 */
export async function installStaticUi(app: App, folder: string, basePath: string): Promise<void> {
  await app.register(fastifyStatic, { root: folder, serve: false, cacheControl: false, dotfiles: 'ignore' });
  app.get('/assets/*', (request, reply) => {
    return reply.sendFile(pathOf(request, 'assets/'), { maxAge: YEAR_MS, immutable: true, cacheControl: true });
  });
  app.get('/*', async (request, reply) => {
    const path = pathOf(request);
    if (path === 'api' || path.startsWith('api/')) throw nothingAt(path);
    reply.header('cache-control', 'no-cache');
    if (path.includes('.') && path !== 'index.html') return reply.sendFile(path);
    const page = await readPage(folder, basePath);
    if (page === null) reply.status(503);
    return reply.type('text/html; charset=utf-8').send(page?.html ?? notBuilt(basePath));
  });
}

/** The path, decoded; what no file of the dashboard can be called is not looked for. */
function pathOf(request: FastifyRequest, route = ''): string {
  const path = (request.params as { '*': string })['*'];
  if (/[\0\\]|^\/|(?:^|\/)\.\.?(?:\/|$)/.test(path)) throw nothingAt(route + path);
  return route + path;
}

function nothingAt(path: string): ClaworcError {
  return new ClaworcError('not_found', `There is no GET ${JSON.stringify(`/${path}`)} here.`);
}
