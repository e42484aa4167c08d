import type { AppContext } from '../../services/app-context.ts';
import { acceptRewind } from '../../services/cluster/accept-rewind.ts';
import type { App } from '../app-type.ts';
import { FleetStateSchema } from '../schemas/answers.ts';
import { AcceptRewindSchema } from '../schemas/rewind.ts';
import { answers } from './answers.ts';

export function rewindRoutes(api: App, context: AppContext): void {
  api.post(
    '/rewind/accept',
    {
      schema: {
        tags: ['state'],
        operationId: 'acceptRewind',
        summary: "Let main count although it doesn't come after what the cluster runs",
        description:
          'Commit and last are those of `rewind` in `/fleet`; 409 where they are others by then. What main removes and overwrites is removed and overwritten from then on, within the removal budget.',
        body: AcceptRewindSchema,
        response: answers(FleetStateSchema),
      },
    },
    (request) => acceptRewind(context, request.body),
  );
}
