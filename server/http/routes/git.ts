import type { AppContext } from '../../services/app-context.ts';
import { acceptHead, pullNow, readGitState, restoreBranch } from '../../services/publish/git-state.ts';
import { compareHeads } from '../../services/publish/compare-heads.ts';
import type { App } from '../app-type.ts';
import { AcceptHeadSchema, GitStateSchema, HeadsSchema } from '../schemas/git-state.ts';
import { answers } from './answers.ts';
import { optionalBody } from './optional-body.ts';

const tags = ['git'];

export function gitRoutes(api: App, context: AppContext): void {
  api.get(
    '/git',
    {
      schema: {
        tags,
        operationId: 'getGit',
        summary: 'How main stands, here and on its remote',
        response: answers(GitStateSchema),
      },
    },
    () => readGitState(context),
  );

  api.post(
    '/git/pull',
    {
      preValidation: optionalBody,
      schema: {
        tags,
        operationId: 'pullMain',
        summary: 'Ask the remote now instead of at the next poll',
        response: answers(GitStateSchema),
      },
    },
    () => pullNow(context),
  );

  api.get(
    '/git/heads',
    {
      schema: {
        tags,
        operationId: 'getHeads',
        summary: 'The two heads of a main that was rewritten, and what each has that the other has not',
        description:
          'Null says what can’t be known, because it is not in this repository. 409 where it was not rewritten.',
        response: answers(HeadsSchema),
      },
    },
    () => compareHeads(context),
  );

  api.post(
    '/git/accept-head',
    {
      schema: {
        tags,
        operationId: 'acceptHead',
        summary: 'Go on from the head that main has after its history was rewritten',
        description: '409 where it was not rewritten, 412 where main is elsewhere by now.',
        body: AcceptHeadSchema,
        response: answers(GitStateSchema),
      },
    },
    (request) => acceptHead(context, request.body.head),
  );

  api.post(
    '/git/restore-branch',
    {
      preValidation: optionalBody,
      schema: {
        tags,
        operationId: 'restoreBranch',
        summary: 'Push main to a remote that lost its branch',
        response: answers(GitStateSchema),
      },
    },
    () => restoreBranch(context),
  );
}
