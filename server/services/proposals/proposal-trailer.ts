import { PROPOSAL_TRAILER, type Trailers } from '../../git/message.ts';
import type { ProposalRow } from '../../store/proposals.ts';

type Named = Pick<ProposalRow, 'number' | 'branch'>;

/** Of a commit, which anybody may push: a number that is made up can't use up those that are to come. */
const HIGHEST_TOLD = 999_999;

/** What every commit of a proposal says of it, so that its number is found in a clone. */
export function proposalTrailer({ number, branch }: Named): Trailers {
  return { [PROPOSAL_TRAILER]: `${number} ${branch}` };
}

/** The proposal that a commit names; of merges made before the number was among the trailers, by their subject. */
export function proposalNamedIn({ subject, trailers }: { subject: string; trailers: Trailers }): Named | undefined {
  const [first = '', branch] = (trailers[PROPOSAL_TRAILER] ?? '').split(' ');
  if (first === '') return undefined;
  if (branch !== undefined) return named(first, branch);
  return named(/^Merge proposal ([0-9]+): /.exec(subject)?.[1] ?? '', first);
}

/** A number of a proposal as refs write it; undefined for what is none. */
export function proposalNumber(text: string): number | undefined {
  const number = /^[1-9][0-9]*$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

function named(text: string, branch: string): Named | undefined {
  const number = proposalNumber(text);
  return number === undefined || number > HIGHEST_TOLD ? undefined : { number, branch };
}
