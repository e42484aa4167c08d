import type { AppContext } from '../../services/app-context.ts';
import { rollBackRollout, steerRollout } from '../../services/cluster/steer-rollout.ts';
import type { App } from '../app-type.ts';
import { FleetStateSchema } from '../schemas/answers.ts';
import { RestoredFleetSchema } from '../schemas/history.ts';
import { RollbackRolloutSchema, SteerRolloutSchema } from '../schemas/rollout.ts';
import { WriteQuerySchema } from '../schemas/proposals.ts';
import { writesTo } from '../write-target.ts';
import { answers, writeAnswers } from './answers.ts';

const tags = ['state'];

export function rolloutRoutes(api: App, context: AppContext): void {
  api.post(
    '/rollout',
    {
      schema: {
        tags,
        operationId: 'steerRollout',
        summary: 'Pause a rollout, have it go on, or let all bots have the change',
        description:
          '`target` is that of `rollout` in `/fleet`. 409 where another rollout is on its way by then, or none.',
        body: SteerRolloutSchema,
        response: answers(FleetStateSchema),
      },
    },
    (request) => steerRollout(context, request.body),
  );

  api.post(
    '/rollout/rollback',
    {
      schema: {
        tags,
        operationId: 'rollBackRollout',
        summary: 'Take the change of a rollout back, as a commit',
        description:
          'claworc.yaml says again what it said before, but for namespace, recipients, policy and how changes go through the fleet; records stay. Bots that have the change get what they had at once.',
        querystring: WriteQuerySchema,
        body: RollbackRolloutSchema,
        response: writeAnswers(RestoredFleetSchema),
      },
    },
    async (request, reply) => {
      const written = await rollBackRollout(writesTo(context, request.query, reply), request.body.target);
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );
}
