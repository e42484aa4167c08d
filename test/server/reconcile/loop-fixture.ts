import { systemClock } from '../../../server/lib/clock.ts';
import { silentLog } from '../../../server/lib/log.ts';
import type { ClusterApi } from '../../../server/cluster/api.ts';
import { createReconciler } from '../../../server/reconcile/loop/create-reconciler.ts';
import type { Reconciler, ReconcilerOptions } from '../../../server/reconcile/loop/reconciler.ts';
import { VERSION, type RepoFixture } from './repo-fixture.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

/** For vi.waitFor and expect.poll: outside state on a busy machine. */
export const WAIT = { timeout: PATIENCE_MS, interval: 50 };

/** A running reconciler over a fixture. */
export class Loop implements AsyncDisposable {
  readonly reconciler: Reconciler;
  readonly repo: RepoFixture;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(
    target: { readonly api: ClusterApi | null; readonly repo: RepoFixture },
    changes: Partial<ReconcilerOptions> = {},
  ) {
    const { repo, api } = target;
    this.repo = repo;
    this.reconciler = createReconciler({
      api,
      source: {
        head: async () => repo.head(),
        readFiles: async (commit) => ({ files: repo.filesAt(commit), refused: [] }),
        parentOf: async (commit) => repo.parentOf(commit),
        orderOf: async (a, b) => repo.orderOf(a, b),
        fileVersions: async (commit, path) => repo.fileVersions(commit, path),
      },
      version: VERSION,
      open: repo.open,
      log: silentLog,
      clock: systemClock,
      ...changes,
    });
    this.#done = this.reconciler.run(this.#stop.signal);
  }

  unit(name: string) {
    return this.reconciler.observed.unit(name);
  }

  /** Publishes what the repository fixture says now. */
  publish(): string {
    const commit = this.repo.synth().commit();
    this.reconciler.reconcileNow();
    return commit;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
