import { recipientIssue } from '../schema/age-recipient.ts';
import { readSource } from '../schema/yaml/parse-document.ts';
import { FLEET_PATH } from './paths.ts';
import type { Repo, UnitProblem } from './repo.ts';

/**
 * What is wrong with the recipients of claworc.yaml, at their lines. One that nothing can be sealed for is an error that
 * holds nobody: what is sealed already stays as good as it is. One that no key of the repository is sealed for is new.
 */
export function recipientProblems({ fleet, fleetText, keys }: Repo): readonly UnitProblem[] {
  if (fleet === null || fleetText === null) return [];
  const read = readSource(fleetText, FLEET_PATH);
  if (!read.ok) return [];
  const sealedFor = new Set([...keys.values()].flatMap(({ recipients }) => recipients));
  return fleet.spec.recipients.flatMap((recipient, index) => {
    const unusable = recipientIssue(recipient);
    const isNew = sealedFor.size > 0 && !sealedFor.has(recipient);
    if (unusable === undefined && !isNew) return [];
    const message =
      unusable ??
      'is new: whoever holds its identity can open every key that is set from now on; servers seal for it once a person accepted it under Settings or with `claworc recipients`';
    const problem = read.source.locate({ path: ['spec', 'recipients', index], on: 'value', message });
    return [{ ...problem, unit: null, severity: unusable === undefined ? 'warning' : 'error' }];
  });
}
