import type { AppContext } from '../../services/app-context.ts';
import { goOn } from '../../services/instances/go-on.ts';
import { restartInstance, startInstance, stopInstance } from '../../services/instances/lifecycle.ts';
import { resumeInstance, suspendInstance } from '../../services/instances/suspend.ts';
import type { App } from '../app-type.ts';
import { OverviewSchema } from '../schemas/answers.ts';
import { InstanceSchema, SuspendSchema } from '../schemas/instance.ts';
import { WriteQuerySchema } from '../schemas/proposals.ts';
import { IdParamsSchema, NoBodySchema } from '../schemas/requests.ts';
import { writesTo } from '../write-target.ts';
import { answers, writeAnswers } from './answers.ts';
import { optionalBody } from './optional-body.ts';

const ACTIONS = [
  {
    name: 'start',
    run: startInstance,
    summary: 'Start a bot',
    description: 'One replica; a running bot is left alone.',
  },
  { name: 'stop', run: stopInstance, summary: 'Stop a bot', description: 'No replicas; every volume is kept.' },
  {
    name: 'resume',
    run: resumeInstance,
    summary: 'Resume a suspended bot',
    description: 'What main has of it is applied from then on.',
  },
  { name: 'restart', run: restartInstance, summary: 'Restart a bot', description: 'A new pod; a commit, too.' },
] as const;

export function lifecycleRoutes(api: App, context: AppContext): void {
  for (const { name, run, summary, description } of ACTIONS) {
    api.post(
      `/instances/:id/${name}`,
      {
        preValidation: optionalBody,
        schema: {
          tags: ['lifecycle'],
          operationId: `${name}Instance`,
          summary,
          description,
          params: IdParamsSchema,
          querystring: WriteQuerySchema,
          body: NoBodySchema,
          response: writeAnswers(InstanceSchema),
        },
      },
      async (request, reply) => {
        const written = await run(writesTo(context, request.query, reply), request.params.id);
        reply.status(written.published ? 200 : 202);
        return written.value;
      },
    );
  }

  api.post(
    '/instances/:id/suspend',
    {
      preValidation: optionalBody,
      schema: {
        tags: ['lifecycle'],
        operationId: 'suspendInstance',
        summary: 'Suspend a bot, or only compare it',
        description:
          'Nothing of it is written in the cluster before it is resumed. It goes on to run, and to be compared with main.',
        params: IdParamsSchema,
        querystring: WriteQuerySchema,
        body: SuspendSchema,
        response: writeAnswers(InstanceSchema),
      },
    },
    async (request, reply) => {
      const target = writesTo(context, request.query, reply);
      const written = await suspendInstance(target, request.params.id, request.body);
      reply.status(written.published ? 200 : 202);
      return written.value;
    },
  );

  api.post(
    '/instances/:id/go-on',
    {
      preValidation: optionalBody,
      schema: {
        tags: ['lifecycle'],
        operationId: 'goOnInstance',
        summary: 'Put right at once what rests of a bot',
        description:
          'What something else changes back more than 5 times in 10 minutes rests for 10; this ends the rest.',
        params: IdParamsSchema,
        body: NoBodySchema,
        response: answers(OverviewSchema),
      },
    },
    (request) => goOn(context, request.params.id),
  );
}
