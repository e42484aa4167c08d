import { readRepo } from '../../../constructs/repo/index.ts';
import { createApi } from '../../cluster/api.ts';
import { loadConnection } from '../../cluster/connection.ts';
import { openRepository, type RepositoryChoice } from '../../git/repository.ts';
import { locateFolder } from '../../git/locate.ts';
import { prefixOf } from '../../git/subfolder.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { applyRepo, type RepoOutcome } from '../../reconcile/once/apply-repo.ts';
import type { OpenKey } from '../../reconcile/apply/open-secret.ts';
import { planRepo, type PlanRepoOptions, type RepoPlan } from '../../reconcile/once/plan-repo.ts';
import { loadIdentity } from '../../secrets/identity.ts';
import { openKey } from '../../secrets/open-key.ts';

export interface OneShotOptions {
  /** A checkout (or a folder of one) or a bare repository; what is committed there counts, not what lies in the work tree. */
  readonly repo: string;
  /** @default all of it, on the branch that HEAD names */
  readonly from?: RepositoryChoice;
  readonly kubeconfig?: string;
  readonly context?: string;
  /** File of the age identity; without a file there, units that use sealed keys are held. */
  readonly identity: string;
  /** Also applies a commit that is older than the one the cluster runs, or that can't be compared. @default false */
  readonly allowOlder?: boolean;
  readonly version: string;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
}

/** `claworc plan`. Throws `git_refused` without a commit, `usage` without a cluster, `cluster_unreachable`. */
export function planOnce(options: OneShotOptions): Promise<RepoPlan> {
  return withCommit(options, planRepo);
}

/** `claworc apply`: one pass, waiting for what deletion keeps waiting. Outcomes of units are data. */
export async function applyOnce(options: OneShotOptions): Promise<RepoOutcome> {
  const open = await keyOpener(options);
  return withCommit(options, (settled) =>
    applyRepo({ ...settled, allowOlder: options.allowOlder ?? false, ...(open === undefined ? {} : { open }) }),
  );
}

async function withCommit<Result>(
  options: OneShotOptions,
  use: (settled: PlanRepoOptions) => Promise<Result>,
): Promise<Result> {
  const repository = await openRepository({ log: options.log, ...located(options) });
  const commit = await repository.head();
  if (commit === null) {
    throw new ClaworcError('git_refused', `${options.repo} has no commit yet: there is nothing to apply`, {
      subject: options.repo,
    });
  }
  const { files, refused } = await repository.readFiles(commit);
  for (const { path, reason } of refused) options.log.warn('not read', { path, reason });
  const api = createApi(await connect(options));
  try {
    return await use({
      api,
      repo: readRepo(files),
      commit,
      version: options.version,
      orderOf: (one, other) => repository.orderOf(one, other),
      versionsOf: (one, path) => repository.fileVersions(one, path),
      main: await repository.mainHead(),
      signal: options.signal,
    });
  } finally {
    await api.http.close();
  }
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

/** What opens sealed keys, if there is an identity. Throws `secrets` for a file that is there and can't be used. */
async function keyOpener({ identity, log }: OneShotOptions): Promise<OpenKey | undefined> {
  const loaded = await loadIdentity(identity);
  if (!loaded.ok) {
    if (loaded.code === 'missing') return undefined;
    throw new ClaworcError('secrets', loaded.reason, { subject: identity });
  }
  if (loaded.warning !== null) log.warn(loaded.warning);
  return (text, place) => openKey(text, loaded.identity, place);
}
