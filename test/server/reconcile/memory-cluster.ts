import { applyRepo, type ApplyRepoOptions, type RepoOutcome } from '../../../server/reconcile/once/apply-repo.ts';
import { fsckRepo, type FsckOptions, type FsckReport } from '../../../server/reconcile/once/fsck-repo.ts';
import { planRepo, type PlanRepoOptions, type RepoPlan } from '../../../server/reconcile/once/plan-repo.ts';
import { statusOfRepo, type FleetStanding } from '../../../server/reconcile/once/status-repo.ts';
import { executeUnit } from '../../../server/reconcile/apply/execute.ts';
import type { UnitOutcome } from '../../../server/reconcile/apply/outcome.ts';
import { desiredUnit } from '../../../server/reconcile/desired/desired.ts';
import { createApi, type ClusterApi } from '../../../server/cluster/api.ts';
import type { LiveObject } from '../../../server/cluster/live-object.ts';
import { MANAGED_RESOURCES, PODS, type ManagedKind } from '../../../server/cluster/resources.ts';
import { startMemoryApiServer, type MemoryApiServer } from '../../support/api-server/server.ts';
import type { Target } from '../../support/api-server/store.ts';
import { RepoFixture } from './repo-fixture.ts';

/** An instances repo and an API server in memory, spoken to by the real client. */
export class MemoryCluster implements AsyncDisposable {
  readonly server: MemoryApiServer;
  readonly api: ClusterApi;
  readonly repo: RepoFixture;
  readonly namespace = 'claworc';

  private constructor(server: MemoryApiServer, api: ClusterApi, repo: RepoFixture) {
    this.server = server;
    this.api = api;
    this.repo = repo;
  }

  static async create(): Promise<MemoryCluster> {
    const server = await startMemoryApiServer({ namespaces: ['claworc', 'kube-system'] });
    const repo = await RepoFixture.create('claworc');
    return new MemoryCluster(server, createApi(server.connection, { tries: 1 }), repo);
  }

  /** One with bot-alpha and a key of its own on main. */
  static async withAlpha(): Promise<MemoryCluster> {
    const cluster = await MemoryCluster.create();
    await cluster.repo.record('bot-alpha').key('bot-alpha', 'ANTHROPIC_API_KEY', 'sk-ant-0123456789abcdef');
    cluster.repo.synth().commit();
    return cluster;
  }

  plan(changes: Partial<PlanRepoOptions> = {}): Promise<RepoPlan> {
    return planRepo({ ...this.#options(), ...changes });
  }

  status(now: number): Promise<FleetStanding> {
    return statusOfRepo(this.#options(), now);
  }

  fsck(changes: Partial<FsckOptions> = {}): Promise<FsckReport> {
    return fsckRepo({ ...this.#options(), waitMs: 0, ...changes });
  }

  apply(changes: Partial<ApplyRepoOptions> = {}): Promise<RepoOutcome> {
    return applyRepo({ ...this.#options(), ...changes, open: this.repo.open, waitMs: 0 });
  }

  /** Carries out a plan that was made before: what has changed since then is a race lost. */
  async execute({ units, index, desired }: RepoPlan, unit: string): Promise<UnitOutcome> {
    const plan = units.find((one) => one.unit === unit);
    if (plan === undefined) throw new Error(`no plan of ${unit}`);
    const live = index.unit(desired.units.get(unit) ?? desiredUnit(this.repo.repo, unit));
    const { api, namespace } = this;
    return executeUnit(plan, { api, namespace, live, isThere: index.has, sink: index, open: this.repo.open });
  }

  target(kind: ManagedKind | 'Pod', name: string): Target {
    const resource = kind === 'Pod' ? PODS : MANAGED_RESOURCES[kind];
    return { resource, namespace: this.namespace, name };
  }

  find(kind: ManagedKind, name: string): LiveObject | undefined {
    return this.server.store.find(this.target(kind, name));
  }

  /** A change by another manager, as a JSON merge patch. */
  edit(kind: ManagedKind, name: string, manager: string, patch: Readonly<Record<string, unknown>>): void {
    const { code } = this.server.store.patch(this.target(kind, name), { ...patch }, { manager, dryRun: false });
    if (code !== 200) throw new Error(`${kind} ${name} was not edited: ${code}`);
  }

  /** Another manager's server-side apply of a part of an object. */
  share(kind: ManagedKind, name: string, manager: string, part: Readonly<Record<string, unknown>>): void {
    const target = this.target(kind, name);
    const { apiVersion } = target.resource;
    const config = { apiVersion, kind, metadata: { name }, ...part };
    const { code } = this.server.store.apply(target, config, { manager, dryRun: false, force: false });
    if (code !== 200) throw new Error(`${kind} ${name} was not applied: ${code}`);
  }

  /** The same name anew, by somebody else. */
  replace(kind: ManagedKind, name: string): void {
    const target = this.target(kind, name);
    const { apiVersion } = target.resource;
    this.server.store.finish(target);
    const object = { apiVersion, kind, metadata: { name, labels: { mine: 'yes' } }, spec: { accessModes: ['x'] } };
    this.server.store.create(target, object, { manager: 'somebody', dryRun: false });
  }

  names(): readonly string[] {
    return this.server.store
      .objects()
      .filter(({ metadata }) => metadata.namespace === this.namespace)
      .map(({ kind, metadata }) => `${kind}/${metadata.name}`)
      .sort();
  }

  /** `PATCH /api/...` of every write so far. */
  writes(): readonly string[] {
    return this.server.seen.filter(({ method }) => method !== 'GET').map(({ method, path }) => `${method} ${path}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api.http.close();
    await this.server[Symbol.asyncDispose]();
  }

  #options() {
    const { api, repo } = this;
    return {
      api,
      repo: repo.repo,
      commit: repo.head() ?? repo.commit(),
      version: '0.1.0',
      orderOf: async (a: string, b: string) => repo.orderOf(a, b),
      earlier: repo.source,
      versionsOf: async (commit: string, path: string) => repo.fileVersions(commit, path),
    };
  }
}
