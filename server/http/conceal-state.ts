import { concealPaths } from '../lib/conceal-paths.ts';
import type { Conceal } from './conceal-folders.ts';
import type { FleetState, Health } from './schemas/answers.ts';
import type { GitState } from './schemas/git-state.ts';

export { concealPaths };

/** The state of the whole loop as a browser may see it. */
export function concealFleet(fleet: FleetState, conceal: Conceal): FleetState {
  const words = (text: string): string => concealPaths(conceal(text));
  return {
    ...fleet,
    cluster: { ...fleet.cluster, detail: words(fleet.cluster.detail) },
    git: concealGit(fleet.git, conceal),
    problems: fleet.problems.map((problem) => ({ ...problem, message: conceal(problem.message) })),
  };
}

/** How main stands, here and on its remote. The address of the remote is said as it was named. */
export function concealGit(git: GitState, conceal: Conceal): GitState {
  const words = (text: string): string => concealPaths(conceal(text));
  const { remote } = git;
  const forge = remote?.forge ?? null;
  return {
    ...git,
    detail: words(git.detail),
    remote: remote && {
      ...remote,
      branches: words(remote.branches),
      forge: forge && { ...forge, trouble: words(forge.trouble) },
    },
  };
}

export function concealHealth(health: Health, conceal: Conceal): Health {
  const words = (text: string): string => concealPaths(conceal(text));
  const { status, kubernetes, database, git } = health;
  return { status, kubernetes: words(kubernetes), database: words(database), git: words(git) };
}

/** Answers to these operations say how the loop is. */
const FLEET = new Set(['getFleet', 'acceptCluster', 'approveRemovals', 'acceptRewind', 'steerRollout']);
const GIT = new Set(['getGit', 'pullMain', 'acceptHead', 'restoreBranch']);
const HEALTH = new Set(['getHealth', 'getRootHealth']);

/** What takes places of this machine out of the answers of an operation; undefined for one that names none. */
export function concealing(
  operation: string | undefined,
  conceal: Conceal,
): ((answer: unknown) => unknown) | undefined {
  if (operation === undefined) return undefined;
  if (FLEET.has(operation)) return (answer) => (isError(answer) ? answer : concealFleet(answer as FleetState, conceal));
  if (GIT.has(operation)) return (answer) => (isError(answer) ? answer : concealGit(answer as GitState, conceal));
  if (HEALTH.has(operation)) return (answer) => (isError(answer) ? answer : concealHealth(answer as Health, conceal));
  return undefined;
}

/** Errors have been through it already. */
function isError(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'code' in answer;
}
