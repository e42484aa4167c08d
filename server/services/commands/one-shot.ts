import { readBaseFleet, underPolicyOf, type BaseFleet } from '../../../constructs/repo/base-policy.ts';
import { FLEET_PATH, readRepo } from '../../../constructs/repo/index.ts';
import { holdUnsigned } from '../../../constructs/repo/unsigned-problems.ts';
import { removalBudgetOf } from '../../../constructs/schema/index.ts';
import { createApi, type ClusterApi } from '../../cluster/api.ts';
import { clusterError } from '../../cluster/errors.ts';
import { readIdentity } from '../../cluster/identity.ts';
import { loadConnection } from '../../cluster/connection.ts';
import { openRepository, type GitRepository, type RepositoryChoice } from '../../git/repository.ts';
import { locateFolder } from '../../git/folder/locate.ts';
import { prefixOf } from '../../git/folder/subfolder.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { applyRepo, type ApplyRepoOptions, type RepoOutcome } from '../../reconcile/once/apply-repo.ts';
import { comparePlans, planFileOf, type PlanFile } from '../../reconcile/once/plan-file.ts';
import { leftToAnother } from '../../reconcile/once/left-to-another.ts';
import { writeApproval } from '../../reconcile/once/write-approval.ts';
import { pendingRemovals, type PendingRemovals } from '../../reconcile/plan/removals/pending.ts';
import { approvalMoved } from '../../reconcile/plan/removals/words.ts';
import { fsckRepo, type FsckReport } from '../../reconcile/once/fsck-repo.ts';
import { planRepo, type PlanRepoOptions, type RepoPlan } from '../../reconcile/once/plan-repo.ts';
import { statusOfRepo, type FleetStanding } from '../../reconcile/once/status-repo.ts';
import { keyOpener, type IdentityFile } from '../keys/key-opener.ts';

export interface OneShotOptions {
  /** A checkout (or a folder of one) or a bare repository; what is committed there counts, not what lies in the work tree. */
  readonly repo: string;
  /** @default all of it, on the branch that HEAD names */
  readonly from?: RepositoryChoice;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Without an identity, units that use sealed keys are held. */
  readonly identity: IdentityFile;
  readonly clock: Clock;
  /** Also applies a commit that is older than the one the cluster runs, or that can't be compared. @default false */
  readonly allowOlder?: boolean;
  /** Goes on although claworc.yaml names another applier. @default false */
  readonly althoughExternal?: boolean;
  /** Hash of removals that are approved with it. */
  readonly approveRemovals?: string;
  readonly version: string;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Told of each unit as it is applied. @default nobody is */
  readonly onProgress?: ApplyRepoOptions['onProgress'];
}

/** `claworc plan`, and what `--out` keeps of it. Throws `git_refused` without a commit, `usage` without a cluster, `cluster_unreachable`. */
export function planOnce(options: OneShotOptions): Promise<{ readonly plan: RepoPlan; readonly file: PlanFile }> {
  return withCommit(options, async (settled) => {
    const plan = await planRepo({ ...settled, allowOlder: options.allowOlder ?? false });
    return { plan, file: planFileOf(plan, { cluster: await clusterId(settled.api), version: options.version }) };
  });
}

/**
 * `claworc apply`: one pass, waiting for what deletion keeps waiting. Outcomes of units are data. With `planned` nothing is
 * sent unless what would be done now is what was planned.
 */
export async function applyOnce(options: OneShotOptions, planned?: PlanFile): Promise<RepoOutcome> {
  const given = options.approveRemovals ?? planned?.approvedRemovals;
  const approving = given === undefined ? options : { ...options, approveRemovals: given };
  return withCommit(approving, async (settled, repository) => {
    const open = await keyOpener(options.identity, { repository, ...options });
    const agree = async (plan: RepoPlan): Promise<string | null> => {
      if (planned === undefined) return null;
      const now = planFileOf(plan, { cluster: await clusterId(settled.api), version: options.version });
      const differences = comparePlans(planned, now);
      return differences.length === 0 ? null : `${NOT_AS_PLANNED}\n  ${differences.join('\n  ')}`;
    };
    const allowOlder = options.allowOlder ?? false;
    const { onProgress, clock, log } = options;
    return applyRepo({
      ...settled,
      allowOlder,
      agree,
      clock,
      onWait: (words) => log.info(words),
      ...(open && { open }),
      ...(onProgress && { onProgress }),
    });
  });
}

/** What waits for an approval at the commit; with `asked` it is approved where it is that. */
export async function approveOnce(
  options: OneShotOptions,
  asked?: { readonly commit: string; readonly hash: string },
): Promise<{ readonly pending: PendingRemovals | null; readonly isApproved: boolean; readonly commit: string }> {
  return withCommit(options, async (settled) => {
    const plan = await planRepo({ ...settled, allowOlder: options.allowOlder ?? false });
    if (plan.isExternal) throw leftToAnother('apply');
    const verdict = plan.removals?.verdict() ?? null;
    const pending = verdict === null ? null : pendingRemovals(verdict);
    const { commit } = plan;
    if (asked === undefined) return { pending, isApproved: false, commit };
    if (verdict === null || !commit.startsWith(asked.commit) || verdict.hash !== asked.hash) {
      throw approvalMoved(commit, verdict?.hash ?? null);
    }
    await writeApproval(plan, verdict, { api: settled.api, now: options.clock.now() });
    return { pending, isApproved: true, commit };
  });
}

/** `claworc status`: the fleet as the cluster has it, against the commit. Throws as `planOnce` does. */
export function statusOnce(options: OneShotOptions): Promise<FleetStanding> {
  return withCommit(options, (settled) => statusOfRepo({ ...settled, staysInRing: true }, options.clock.now()));
}

/** `claworc fsck`: what is not as Claworc leaves a namespace; with `repair` it is put right. Throws as `planOnce` does. */
export function fsckOnce(
  options: OneShotOptions,
  call: { readonly repair: boolean; readonly remove: readonly string[] },
): Promise<FsckReport> {
  return withCommit(options, (settled) => fsckRepo({ ...settled, ...call, clock: options.clock }));
}

const NOT_AS_PLANNED =
  'What would be done now is not what was planned, so nothing is done; make a plan anew and have it reviewed:';

async function clusterId(api: ClusterApi): Promise<string | null> {
  const read = await readIdentity(api);
  if (!read.ok) throw clusterError(read.failure, 'namespace kube-system');
  return read.value;
}

/** Opens repository and cluster for one command. Throws `git_refused` without a commit, `usage` without a cluster. */
export async function withCommit<Result>(
  options: OneShotOptions,
  use: (settled: PlanRepoOptions, repository: GitRepository) => Promise<Result>,
): Promise<Result> {
  const repository = await openRepository({ log: options.log, ...located(options) });
  const commit = await repository.head();
  if (commit === null) {
    throw new ClaworcError('git_refused', `${options.repo} has no commit yet: there is nothing to apply`, {
      subject: options.repo,
    });
  }
  const { files, refused } = await repository.readFiles(commit);
  const read = holdUnsigned(readRepo(files), await repository.signatures.standingAt(commit));
  const before = await fleetBefore(repository, commit);
  const api = createApi(await connect(options));
  try {
    return await use(
      {
        api,
        repo: underPolicyOf(before, read),
        removalBudget: removalBudgetOf((before ?? read.fleet)?.spec.policy),
        ...(options.approveRemovals === undefined ? {} : { approveRemovals: options.approveRemovals }),
        commit,
        notRead: refused,
        version: options.version,
        orderOf: (one, other) => repository.orderOf(one, other),
        versionsOf: (one, path) => repository.fileVersions(one, path),
        earlier: repository,
        clock: options.clock,
        main: await repository.mainHead(),
        signal: options.signal,
        althoughExternal: options.althoughExternal ?? false,
      },
      repository,
    );
  } finally {
    await api.http.close();
  }
}

/** claworc.yaml of the commit before, whose policy a commit has to keep; null where there is none. */
async function fleetBefore(repository: GitRepository, commit: string): Promise<BaseFleet> {
  const parent = await repository.parentOf(commit);
  const bytes = parent === null ? null : await repository.readFile(parent, FLEET_PATH);
  return bytes === null ? null : readBaseFleet(bytes);
}

/** The checkout that the folder lies in, and the folder as a part of it. */
function located({ repo, from = {} }: OneShotOptions): RepositoryChoice & { readonly folder: string } {
  const { top, path } = locateFolder(repo);
  return { ...from, folder: top, path: `${path}/${prefixOf(from.path)}`.replace(/^\//, '') };
}

function connect({ kubeconfig, context, env }: OneShotOptions): ReturnType<typeof loadConnection> {
  return loadConnection({
    conventions: 'kubectl',
    env,
    ...(kubeconfig === undefined ? {} : { kubeconfig }),
    ...(context === undefined ? {} : { context }),
  });
}
