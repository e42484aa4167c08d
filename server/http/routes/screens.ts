import type { AppContext } from '../../services/app-context.ts';
import { issueTicket } from '../../services/cluster/screens.ts';
import type { App } from '../app-type.ts';
import { clientOf } from '../screen-upgrade.ts';
import { ScreenParamsSchema, TicketRequestSchema } from '../schemas/requests.ts';
import { TicketSchema } from '../schemas/answers.ts';
import { createAnswers } from './answers.ts';
import { optionalBody } from './optional-body.ts';

export function screenRoutes(api: App, context: AppContext): void {
  api.post(
    '/instances/:id/screens/:screen/tickets',
    {
      preValidation: optionalBody,
      schema: {
        tags: ['screens'],
        operationId: 'createTicket',
        summary: 'A ticket that opens one WebSocket to a screen, once',
        description:
          'The WebSocket speaks RFB in binary frames; open the `url` of the answer from a page of this server.',
        params: ScreenParamsSchema,
        body: TicketRequestSchema,
        response: createAnswers(TicketSchema),
      },
    },
    (request, reply) => {
      const { id, screen } = request.params;
      reply.status(201);
      return issueTicket(context, id, { screen, mode: request.body.mode ?? 'control', client: clientOf(request.raw) });
    },
  );
}
