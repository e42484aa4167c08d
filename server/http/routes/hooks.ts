import type { AppContext } from '../../services/app-context.ts';
import { heardFromForge } from '../../services/publish/heard-from-forge.ts';
import type { App } from '../app-type.ts';

/**
 * Webhooks of a forge, in a scope of their own: their body is taken as the bytes that were signed. Whoever can't sign
 * learns nothing, not even in the shape of our errors.
 */
export function hookRoutes(hooks: App, context: AppContext, secretFile: string): void {
  hooks.removeAllContentTypeParsers();
  hooks.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  hooks.post('/hooks/git', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const isHeard = await heardFromForge(context, secretFile, { headers: request.headers, body });
    return reply.status(isHeard ? 202 : 401).send();
  });
}
