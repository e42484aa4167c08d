import type { AppContext } from '../../services/app-context.ts';
import { viewHealth } from '../../services/fleet/health.ts';
import type { App } from '../app-type.ts';
import { isOwnHost, type Doors } from '../gate.ts';
import { HealthSchema, type Health } from '../schemas/answers.ts';
import { answers } from './answers.ts';

/** `/health`; registered below the API's prefix and at the root. */
export function healthRoutes(app: App, context: AppContext, doors?: () => Doors): void {
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
    (request) => {
      const health = viewHealth(context);
      const isKnown = doors === undefined || isOwnHost(request.headers.host, doors());
      return isKnown ? health : withoutDetails(health);
    },
  );
}

/** For whoever asks by another address, as a kubelet does: whether it works, and nothing of the house. */
function withoutDetails({ status, kubernetes, database, git }: Health): Health {
  const word = (state: string) => (state === 'ok' || state === 'connected' ? state : 'degraded');
  return { status, kubernetes: word(kubernetes), database: word(database), git: word(git) };
}
