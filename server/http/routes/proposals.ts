import type { AppContext } from '../../services/app-context.ts';
import { closeProposal, reopenProposal } from '../../services/proposals/close.ts';
import { mergeProposal, updateProposal } from '../../services/proposals/merge.ts';
import { takeKeyOut } from '../../services/proposals/take-key-out.ts';
import { openProposal } from '../../services/proposals/open.ts';
import { readForkPulls, readProposal, readProposals } from '../../services/proposals/read.ts';
import type { App } from '../app-type.ts';
import {
  CloseProposalSchema,
  ForkPullsSchema,
  ProposalPageSchema,
  ProposalParamsSchema,
  ProposalRequestSchema,
  ProposalSchema,
  ProposalsSchema,
  ResolveProposalSchema,
  TakeKeyOutSchema,
} from '../schemas/proposals.ts';
import { NoBodySchema } from '../schemas/requests.ts';
import { answers, createAnswers } from './answers.ts';
import { optionalBody } from './optional-body.ts';

const tags = ['proposals'];
const params = ProposalParamsSchema;

export function proposalRoutes(api: App, context: AppContext): void {
  api.get(
    '/proposals',
    {
      schema: {
        tags,
        operationId: 'listProposals',
        summary: 'Proposals, open ones first',
        description: 'Those that were opened here, and every branch that somebody pushed.',
        response: answers(ProposalsSchema),
      },
    },
    () => readProposals(context),
  );

  api.post(
    '/proposals',
    {
      schema: {
        tags,
        operationId: 'openProposal',
        summary: 'Open a proposal',
        description:
          'It is empty so far: edits go to it with `?proposal=N` on any write, and the first makes its branch.',
        body: ProposalRequestSchema,
        response: createAnswers(ProposalSchema),
      },
    },
    async (request, reply) => {
      reply.status(201);
      return openProposal(context, request.body);
    },
  );

  api.get(
    '/proposals/of-forks',
    {
      schema: {
        tags,
        operationId: 'listForkPulls',
        summary: 'Open pull requests of forks',
        description: 'They are no proposals: their branches are not fetched, and they are merged at the forge.',
        response: answers(ForkPullsSchema),
      },
    },
    () => readForkPulls(context),
  );

  api.get(
    '/proposals/:number',
    {
      schema: {
        tags,
        operationId: 'getProposal',
        summary: 'One proposal, and what it would do',
        params,
        response: answers(ProposalPageSchema),
      },
    },
    (request) => readProposal(context, Number(request.params.number)),
  );

  api.post(
    '/proposals/:number/close',
    {
      preValidation: optionalBody,
      schema: {
        tags,
        operationId: 'closeProposal',
        summary: 'Close a proposal',
        description: 'Its branch stays, and what was typed too: as drafts, unless they are given up.',
        params,
        body: CloseProposalSchema,
        response: answers(ProposalSchema),
      },
    },
    (request) => closeProposal(context, Number(request.params.number), request.body.edits ?? 'keep'),
  );

  api.post(
    '/proposals/:number/reopen',
    {
      preValidation: optionalBody,
      schema: {
        tags,
        operationId: 'reopenProposal',
        summary: 'Open a closed proposal again',
        params,
        body: NoBodySchema,
        response: answers(ProposalSchema),
      },
    },
    (request) => reopenProposal(context, Number(request.params.number)),
  );

  api.post(
    '/proposals/:number/merge',
    {
      preValidation: optionalBody,
      schema: {
        tags,
        operationId: 'mergeProposal',
        summary: 'Put a proposal on main',
        description: '409 (with field, base, theirs of main and mine of the proposal) where main changed the same.',
        params,
        body: NoBodySchema,
        response: answers(ProposalSchema),
      },
    },
    (request) => mergeProposal(context, Number(request.params.number)),
  );

  api.post(
    '/proposals/:number/update',
    {
      preValidation: optionalBody,
      schema: {
        tags,
        operationId: 'updateProposal',
        summary: 'Bring a proposal up to main as it is now',
        description: 'A commit on its branch; 409 where both changed the same, which `resolve` settles.',
        params,
        body: NoBodySchema,
        response: answers(ProposalSchema),
      },
    },
    (request) => updateProposal(context, Number(request.params.number), []),
  );

  api.post(
    '/proposals/:number/resolve',
    {
      schema: {
        tags,
        operationId: 'resolveProposal',
        summary: 'Settle fields that main and the proposal both changed',
        params,
        body: ResolveProposalSchema,
        response: answers(ProposalSchema),
      },
    },
    (request) => updateProposal(context, Number(request.params.number), request.body.choices),
  );

  api.post(
    '/proposals/:number/take-key-out',
    {
      schema: {
        tags,
        operationId: 'takeKeyOut',
        summary: 'Take an API key out of a proposal',
        description:
          'A commit on its branch, with which merging changes nothing of the key: one that only the proposal has is gone.',
        params,
        body: TakeKeyOutSchema,
        response: answers(ProposalSchema),
      },
    },
    (request) => takeKeyOut(context, Number(request.params.number), request.body),
  );
}
