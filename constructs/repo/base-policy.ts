import { outsidePolicy } from '../schema/check/check-fleet.ts';
import { isAllowedImage, type Fleet } from '../schema/index.ts';
import { policyIssues } from '../schema/check/check-policy.ts';
import { rulePlace } from '../schema/policy-owners.ts';
import { parseFleet } from '../schema/yaml/parse-document.ts';
import { locateIn } from './locate-in.ts';
import { FLEET_PATH } from './paths.ts';
import { fleetPolicyProblems } from './policy-problems.ts';
import { repoWith } from './read-repo.ts';
import { sortedProblems, type Repo, type UnitProblem } from './repo.ts';

/** The fleet that a change started from: whose rules hold for it. Null: there was none, so anything goes. */
export type BaseFleet = Fleet | null;

/** claworc.yaml of the commit that a change started from; null where it can't be read, as nothing was applied of such a one. */
export function readBaseFleet(bytes: Uint8Array): BaseFleet {
  const parsed = parseFleet(bytes, FLEET_PATH);
  return parsed.ok ? parsed.fleet : null;
}

/**
 * What the policy that a change started from does not let it have, so that a change can't loosen the rules for itself: a
 * looser policy holds for the commits after it. Where the policy did not change nothing is looked at twice.
 */
export function basePolicyProblems(base: BaseFleet, repo: Repo): readonly UnitProblem[] {
  if (base === null || repo.fleet === null) return [];
  const before = base.spec.policy ?? {};
  const found: UnitProblem[] = [...recipientProblemsOf(base, repo)];
  if (rulesText(before) !== rulesText(repo.fleet.spec.policy ?? {})) {
    for (const [name, { record, path, text }] of repo.records) {
      for (const issue of [
        ...imageIssues(record.spec.image ?? repo.fleet.spec.image, base),
        ...policyIssues(record, repo.fleet, before),
      ]) {
        found.push({ ...locateIn(text, path, issue), unit: name, severity: 'error' });
      }
    }
    found.push(...fleetPolicyProblems(repo, before));
  }
  const known = new Set(repo.problems.map(identify));
  return found
    .filter((problem) => !known.has(identify(problem)))
    .map((problem) => ({ ...problem, message: `${problem.message} as it was before this change` }));
}

/** The repo, with what `base` does not allow among its problems: its units are held by them. */
export function underPolicyOf(base: BaseFleet, repo: Repo): Repo {
  const problems = basePolicyProblems(base, repo);
  return problems.length === 0 ? repo : repoWith(repo, { problems: sortedProblems([...repo.problems, ...problems]) });
}

function imageIssues(image: string, base: Fleet) {
  if (isAllowedImage(image, base)) return [];
  return [{ path: ['spec', 'image'], on: 'value', message: outsidePolicy(image, base) } as const];
}

/** A recipient may open every key that is set from then on: only one that the policy named before may come. */
function recipientProblemsOf(base: Fleet, { fleet, fleetText }: Repo): UnitProblem[] {
  if (fleet === null || base.spec.recipients.length === 0) return [];
  const may = new Set([...base.spec.recipients, ...(base.spec.policy?.recipients ?? [])]);
  return fleet.spec.recipients.flatMap((recipient, index) => {
    if (may.has(recipient)) return [];
    const place = rulePlace(base.spec.policy?.owners, 'recipients');
    const message = `whoever holds its identity may open every key that is set from now on: a recipient that is new has to be named in ${place}`;
    const problem = locateIn(fleetText ?? '', FLEET_PATH, {
      path: ['spec', 'recipients', index],
      on: 'value',
      message,
    });
    return [{ ...problem, unit: null, severity: 'error' }];
  });
}

/** Fields that are left to the cluster, and owners, are no rules about records. */
function rulesText({ leaveToCluster: _left, owners: _owners, ...rules }: NonNullable<Fleet['spec']['policy']>): string {
  return JSON.stringify(Object.entries(rules).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const identify = ({ file, field, message }: UnitProblem): string => JSON.stringify([file, field, message]);
