import type { AppContext } from '../../services/app-context.ts';
import { compareCommits } from '../../services/history/compare.ts';
import { getBlame } from '../../services/history/show-blame.ts';
import { getCommit } from '../../services/instances/commits.ts';
import { discardDraft } from '../../services/instances/drafts.ts';
import { getHistory } from '../../services/instances/history.ts';
import type { App } from '../app-type.ts';
import { BlameSchema, CompareQuerySchema, ComparisonSchema } from '../schemas/history.ts';
import { InstanceSchema } from '../schemas/instance.ts';
import { CommitParamsSchema, CommitQuerySchema, HistoryQuerySchema, IdParamsSchema } from '../schemas/requests.ts';
import { CommitSchema, HistorySchema } from '../schemas/answers.ts';
import { answers } from './answers.ts';
import { limitOf } from './limit.ts';

const tags = ['history'];

export function historyRoutes(api: App, context: AppContext): void {
  api.get(
    '/instances/:id/history',
    {
      schema: {
        tags,
        operationId: 'getHistory',
        summary: 'The open draft and the commits of a bot, newest first',
        description:
          'Also of a bot that main has no more, by its name. A `Link` header with `rel="next"` leads to older ones.',
        params: IdParamsSchema,
        querystring: HistoryQuerySchema,
        response: answers(HistorySchema),
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const limit = limitOf(request.query.limit);
      const { changes, next } = await getHistory(context, id, { limit, after: request.query.after });
      if (next !== null) reply.header('link', `<?limit=${limit}&after=${next}>; rel="next"`);
      return changes;
    },
  );

  api.delete(
    '/instances/:id/draft',
    {
      schema: {
        tags,
        operationId: 'discardDraft',
        summary: 'Discard the drafts of a bot that did not become a commit',
        params: IdParamsSchema,
        response: answers(InstanceSchema),
      },
    },
    (request) => discardDraft(context, request.params.id),
  );

  api.get(
    '/commits/:sha',
    {
      schema: {
        tags,
        operationId: 'getCommit',
        summary: 'One commit of main, with its files in pages',
        params: CommitParamsSchema,
        querystring: CommitQuerySchema,
        response: answers(CommitSchema),
      },
    },
    (request) => {
      const { after, limit } = request.query;
      return getCommit(context, request.params.sha, { after, limit: limitOf(limit) });
    },
  );

  api.get(
    '/instances/:id/compare',
    {
      schema: {
        tags,
        operationId: 'compareInstance',
        summary: 'What lies between two commits for one bot',
        params: IdParamsSchema,
        querystring: CompareQuerySchema,
        response: answers(ComparisonSchema),
      },
    },
    (request) => compareCommits(context, request.query, request.params.id),
  );

  api.get(
    '/compare',
    {
      schema: {
        tags,
        operationId: 'compareFleet',
        summary: 'What lies between two commits for the whole fleet',
        description: 'Of main, or of the branch of a proposal. Told without the cluster.',
        querystring: CompareQuerySchema,
        response: answers(ComparisonSchema),
      },
    },
    (request) => compareCommits(context, request.query),
  );

  api.get(
    '/instances/:id/blame',
    {
      schema: {
        tags,
        operationId: 'getBlame',
        summary: 'Which commit gave each field of a bot the value that it has',
        params: IdParamsSchema,
        response: answers(BlameSchema),
      },
    },
    (request) => getBlame(context, request.params.id),
  );
}
