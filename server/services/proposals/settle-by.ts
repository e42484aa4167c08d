import type { MergeConflict } from '../../../constructs/merge.ts';
import { isRepoFile } from '../../../constructs/repo/paths.ts';
import type { ProposalChoice } from '../../http/schemas/proposals.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { SettleOf } from './merge-repos.ts';

/** Whether a conflict is about a document or a file, of which one side can be taken and nothing else. */
export const isWhole = (field: string): boolean => field === '' || isRepoFile(field);

/** What a person decided, for a merge in which `theirs` is main. Throws `invalid` for another value where there can be none. */
export function settleBy(choices: readonly ProposalChoice[]): SettleOf {
  return (unit, conflict) => {
    const choice = choices.find((each) => each.unit === unit && each.field === conflict.field);
    return choice === undefined ? undefined : { value: valueOf(choice, conflict) };
  };
}

function valueOf(choice: ProposalChoice, { field, theirs, mine }: MergeConflict): unknown {
  switch (choice.take) {
    case 'main':
      return theirs;
    case 'proposal':
      return mine;
    case 'value':
      if (isWhole(field)) {
        throw new ClaworcError('invalid', 'Of a whole document or file, one side can be taken and nothing else.', {
          field: 'choices',
        });
      }
      return choice.value ?? undefined;
  }
}
