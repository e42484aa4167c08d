import { parseQuantity } from '../schema/index.ts';
import type { PolicyRules } from '../schema/policy.ts';
import { rulePlace } from '../schema/policy-owners.ts';
import { amountsTogether } from './amounts.ts';
import { locateIn } from './locate-in.ts';
import { FLEET_PATH } from './paths.ts';
import type { Repo, UnitProblem } from './repo.ts';

/** What the rules of claworc.yaml don't let tombstones and the whole fleet have. Nothing is looked at without such a rule. */
export function fleetPolicyProblems(
  repo: Pick<Repo, 'fleet' | 'fleetText' | 'records' | 'tombstones'>,
  rules: PolicyRules = repo.fleet?.spec.policy ?? {},
): readonly UnitProblem[] {
  return [...removalProblems(repo, rules), ...sumProblems(repo, rules)];
}

function removalProblems(
  { tombstones }: Pick<Repo, 'tombstones'>,
  { removals = 'any', owners }: PolicyRules,
): UnitProblem[] {
  if (removals === 'any') return [];
  return [...tombstones].flatMap(([name, { tombstone, path, text }]) => {
    if (removals === 'keepData' && tombstone.spec.data === 'retain') return [];
    const message =
      removals === 'none'
        ? `no bot may leave: ${rulePlace(owners, 'removals')} is none`
        : `volumes may not be deleted: ${rulePlace(owners, 'removals')} is keepData`;
    const problem = locateIn(text, path, { path: ['spec', 'data'], on: 'value', message });
    return [{ ...problem, unit: name, severity: 'error' }];
  });
}

/** Holds no unit: which of them is too much, nobody can tell. */
function sumProblems(
  repo: Pick<Repo, 'fleet' | 'fleetText' | 'records'>,
  { maxOfFleet, owners }: PolicyRules,
): UnitProblem[] {
  if (maxOfFleet === undefined || repo.fleet === null) return [];
  const has = amountsTogether(repo);
  return (['cpu', 'memory', 'volumes'] as const).flatMap((what) => {
    const most = maxOfFleet[what];
    if (most === undefined || has[what] <= (parseQuantity(most) ?? 0n)) return [];
    const message = `all bots together ask for more ${what === 'cpu' ? 'CPU' : what} than ${most}, ${rulePlace(owners, 'maxOfFleet', `.${what}`)}`;
    const issue = { path: ['spec', 'policy', 'maxOfFleet', what], on: 'value', message } as const;
    return [{ ...locateIn(repo.fleetText ?? '', FLEET_PATH, issue), unit: null, severity: 'error' }];
  });
}
