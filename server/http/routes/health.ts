import type { AppContext } from '../../services/app-context.ts';
import { viewHealth } from '../../services/fleet/health.ts';
import type { App } from '../app-type.ts';
import { HealthSchema } from '../schemas/views.ts';
import { answers } from './answers.ts';

/** `/health`; registered below the API's prefix and at the root. */
export function healthRoutes(app: App, context: AppContext): void {
  app.get(
    '/health',
    {
      schema: {
        tags: ['state'],
        operationId: app.prefix === '' ? 'getRootHealth' : 'getHealth',
        summary: 'Whether Claworc works, and what it waits for',
        description:
          '200 as long as this process can serve; `status` says whether everything around it can be reached.',
        response: answers(HealthSchema),
      },
    },
    () => viewHealth(context),
  );
}
