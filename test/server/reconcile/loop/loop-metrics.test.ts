import { expect, onTestFinished, test, vi } from 'vitest';
import { createApiMetrics } from '../../../../server/cluster/api-metrics.ts';
import { createApi } from '../../../../server/cluster/api.ts';
import { createMetrics } from '../../../../server/lib/metrics/metrics.ts';
import { addLoopFigures, createLoopMetrics } from '../../../../server/reconcile/loop/loop-metrics.ts';
import { Loop, WAIT } from '../loop-fixture.ts';
import { MemoryCluster } from '../memory-cluster.ts';

/** A loop over a fleet of one bot, and what it tells a monitoring system. */
async function measured() {
  const cluster = await MemoryCluster.withAlpha();
  const metrics = createMetrics();
  const api = createApi(cluster.server.connection, { tries: 1, listener: createApiMetrics(metrics) });
  const loop = new Loop({ api, repo: cluster.repo }, { listener: createLoopMetrics(metrics) });
  addLoopFigures(metrics, loop.reconciler.figures);
  onTestFinished(async () => {
    await loop.stop();
    await api.http.close();
    await cluster[Symbol.asyncDispose]();
  });
  const tells = (...lines: readonly RegExp[]): Promise<void> =>
    vi.waitFor(async () => {
      const text = await metrics.text();
      for (const line of lines) expect(text).toMatch(line);
    }, WAIT);
  return { cluster, loop, tells };
}

test('the loop tells what it wrote, how long that took, and which commit the cluster came to', async () => {
  const { cluster, tells } = await measured();
  await tells(
    /^claworc_objects_total\{kind="Deployment",result="created"\} 1$/m,
    /^claworc_reconcile_duration_seconds_count\{result="done"\} [1-9]/m,
    /^claworc_api_requests_total\{method="PATCH",code="201"\} [1-9]/m,
    /^claworc_api_write_duration_seconds_count\{verb="apply",kind="Deployment"\} 1$/m,
    /^claworc_commit_applied_seconds_count 1$/m,
    new RegExp(`^claworc_converged_commit_info\\{commit="${cluster.repo.head() ?? ''}"\\} 1$`, 'm'),
    /^claworc_queue_depth\{state="working"\} 0$/m,
    /^claworc_watch_age_seconds\{kind="Deployment"\} \d/m,
  );
});

test('drift that is put right is counted by who made it, and what somebody else owns by who that is', async () => {
  const { cluster, loop, tells } = await measured();
  await tells(/^claworc_commit_applied_seconds_count 1$/m);

  cluster.edit('Deployment', 'bot-alpha', 'kubectl-edit', { spec: { replicas: 0 } });
  await tells(/^claworc_drift_corrected_total\{manager="kubectl-edit"\} 1$/m);

  await vi.waitFor(() => expect(loop.unit('bot-alpha')).toMatchObject({ sync: 'applied' }), WAIT);
  cluster.edit('Deployment', 'bot-alpha', 'keda-operator', { spec: { replicas: 3 } });
  await tells(/^claworc_conflicts\{manager="keda-operator"\} 1$/m);
});
