import { inject } from 'vitest';
import { applyRepo, type ApplyRepoOptions, type RepoOutcome } from '../../../server/reconcile/once/apply-repo.ts';
import { fsckRepo, type FsckOptions, type FsckReport } from '../../../server/reconcile/once/fsck-repo.ts';
import { planRepo, type RepoPlan } from '../../../server/reconcile/once/plan-repo.ts';
import { createApi, type ClusterApi } from '../../../server/cluster/api.ts';
import { loadConnection } from '../../../server/cluster/connection.ts';
import type { LiveObject } from '../../../server/cluster/live-object.ts';
import type { AgeIdentity } from '../../../server/secrets/identity.ts';
import { createKubectl, type Kubectl } from '../../control-plane/kubectl.ts';
import { createTestNamespace } from '../../control-plane/namespace.ts';
import { makeIdentity } from '../secrets/fixtures.ts';
import { RepoFixture, VERSION } from './repo-fixture.ts';

export const plane = inject('controlPlane');
export const hasPlane = !('unavailable' in plane);

/** A namespace of its own on the run's API server, an instances repo for it, and kubectl to look at it from outside. */
export class Cluster implements AsyncDisposable {
  readonly api: ClusterApi;
  readonly namespace: string;
  readonly repo: RepoFixture;
  readonly #kubectl: Kubectl;
  readonly #dispose: () => Promise<void>;

  private constructor(
    api: ClusterApi,
    namespace: string,
    repo: RepoFixture,
    kubectl: Kubectl,
    dispose: () => Promise<void>,
  ) {
    this.api = api;
    this.namespace = namespace;
    this.repo = repo;
    this.#kubectl = kubectl;
    this.#dispose = dispose;
  }

  static async create(identity?: AgeIdentity): Promise<Cluster> {
    if ('unavailable' in plane) throw new Error(plane.unavailable);
    const kubectl = createKubectl(plane.kubectlPath, plane.kubeconfig);
    const namespace = await createTestNamespace(kubectl, 'rec');
    const api = createApi(await loadConnection({ kubeconfig: plane.kubeconfig }));
    const repo = new RepoFixture(namespace.name, identity ?? (await makeIdentity()));
    return new Cluster(api, namespace.name, repo, kubectl, () => namespace.dispose());
  }

  /** kubectl in the namespace; fails the test when kubectl fails. */
  async kubectl(...args: readonly string[]): Promise<string> {
    const { stdout, stderr, code } = await this.#kubectl([...args, '-n', this.namespace]);
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async kubectlInput(input: string, ...args: readonly string[]): Promise<string> {
    const { stdout, stderr, code } = await this.#kubectl([...args, '-n', this.namespace], { input });
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
    return stdout;
  }

  async objects(kinds: string, selector?: string): Promise<readonly LiveObject[]> {
    const flags = selector === undefined ? [] : ['-l', selector];
    const text = await this.kubectl('get', kinds, '-o', 'json', '--show-managed-fields', ...flags);
    return (JSON.parse(text) as { items: LiveObject[] }).items;
  }

  /** `Kind/name` of all objects of our kinds that Claworc's fleets have, sorted. */
  async names(selector = 'app.kubernetes.io/managed-by=claworc'): Promise<readonly string[]> {
    const items = await this.objects('deploy,svc,pvc,cm,secret,netpol', selector);
    return items.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
  }

  plan(): Promise<RepoPlan> {
    return planRepo(this.#options());
  }

  fsck(changes: Partial<FsckOptions> = {}): Promise<FsckReport> {
    return fsckRepo({ ...this.#options(), waitMs: 60_000, ...changes });
  }

  apply(changes: Partial<ApplyRepoOptions> = {}): Promise<RepoOutcome> {
    return applyRepo({ ...this.#options(), ...changes, open: this.repo.open, waitMs: 60_000 });
  }

  #options() {
    const { api, repo } = this;
    return {
      api,
      repo: repo.repo,
      commit: repo.head() ?? repo.commit(),
      version: VERSION,
      orderOf: async (a: string, b: string) => repo.orderOf(a, b),
      earlier: repo.source,
      versionsOf: async (commit: string, path: string) => repo.fileVersions(commit, path),
    };
  }

  /** Writes sent so far. */
  writes(): number {
    const { sent } = this.api.http;
    return (sent.get('PATCH') ?? 0) + (sent.get('DELETE') ?? 0) + (sent.get('POST') ?? 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api.http.close();
    await this.#dispose();
  }
}

/** `Kind/name: result` of everything that isn't unchanged. */
export function told({ units }: RepoOutcome): readonly string[] {
  return units.flatMap(({ results }) =>
    results
      .filter(({ result }) => result !== 'unchanged')
      .map(({ kind, name, result, reason }) => `${kind}/${name}: ${result}${reason === '' ? '' : ` (${reason})`}`),
  );
}
