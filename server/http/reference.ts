import { readFileSync } from 'node:fs';
import type { App } from './app-type.ts';

const FILES = [
  { url: '/api', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/api/reference.js', file: 'reference.js', type: 'text/javascript; charset=utf-8' },
  { url: '/api/reference.css', file: 'reference.css', type: 'text/css; charset=utf-8' },
] as const;

/** The page at /api that shows the OpenAPI document to people. */
export function installReference(app: App): void {
  for (const { url, file, type } of FILES) {
    const text = readFileSync(new URL(`./reference/${file}`, import.meta.url), 'utf8');
    app.get(url, (_request, reply) => reply.header('cache-control', 'no-cache').type(type).send(text));
  }
}
