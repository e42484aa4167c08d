import type { FastifyReply } from 'fastify';
import type { AppContext } from '../services/app-context.ts';
import { checkedTarget } from '../services/proposals/open.ts';
import type { WriteQuery } from './schemas/proposals.ts';

/** Names in its answer the proposal that a write went to. */
export const PROPOSAL_HEADER = 'claworc-proposal';

/** The context whose writes go where a query says. Throws `not_found`, `invalid`, and `conflict` for a proposal that is not open. */
export function writesTo(context: AppContext, query: WriteQuery, reply: FastifyReply): AppContext {
  const listOf = (text: string | undefined): readonly string[] => text?.split(',') ?? [];
  const target = checkedTarget(context, {
    proposal: query.proposal === undefined ? undefined : Number(query.proposal),
    title: query.propose,
    choices: { mine: listOf(query.mine), theirs: listOf(query.theirs) },
  });
  return { ...context, target: { ...target, onProposal: (number) => void reply.header(PROPOSAL_HEADER, number) } };
}
