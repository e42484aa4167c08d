import { oneLine } from '../../constructs/schema/explain/visible.ts';
import type { ProposalConflict } from '../http/schemas/proposals.ts';
import { conflictName } from '../services/proposals/conflict-choices.ts';
import { shown } from '../services/review/field-changes.ts';

/** Both values of each conflict, whose they are, and the options that settle it. */
export function conflictLines(conflicts: readonly ProposalConflict[]): readonly string[] {
  return conflicts
    .flatMap((conflict) => [
      conflictName(conflict),
      side('--theirs', 'main now', conflict, conflict.main, conflict.main_by),
      side('--mine', 'this proposal', conflict, conflict.proposal, conflict.proposal_by),
    ])
    .map(oneLine);
}

function side(
  option: string,
  who: string,
  { field }: ProposalConflict,
  value: unknown,
  by: ProposalConflict['main_by'],
): string {
  const isWhole = field === '';
  const told = isWhole ? (value === null ? 'remove it' : 'keep it') : (shown(value) ?? 'not set');
  const whose = by === null ? who : `${who}, ${by.author} in ${by.commit.slice(0, 7)}: ${by.message}`;
  return `  ${option.padEnd(8)}  ${told}  (${whose})`;
}

/** What to do about conflicts, below them. */
export const SETTLE_WORDS = 'say which value holds: --mine FIELD, --theirs FIELD or --set FIELD=VALUE for each';
