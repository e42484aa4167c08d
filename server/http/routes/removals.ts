import type { AppContext } from '../../services/app-context.ts';
import { approveRemovals } from '../../services/cluster/approve-removals.ts';
import type { App } from '../app-type.ts';
import { FleetStateSchema } from '../schemas/answers.ts';
import { ApproveRemovalsSchema } from '../schemas/removals.ts';
import { answers } from './answers.ts';

export function removalRoutes(api: App, context: AppContext): void {
  api.post(
    '/removals/approve',
    {
      schema: {
        tags: ['state'],
        operationId: 'approveRemovals',
        summary: 'Let removals go that wait for an approval',
        description:
          'Commit and hash are those of `removals` in `/fleet`. 409, with the `commit` and `hash` that wait now, where they are others by then.',
        body: ApproveRemovalsSchema,
        response: answers(FleetStateSchema),
      },
    },
    (request) => approveRemovals(context, request.body),
  );
}
