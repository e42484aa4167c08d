import { performance } from 'node:perf_hooks';
import { createMetrics, type Metrics } from './metrics.ts';

/** What any process tells of itself, under the names that dashboards of others know. */
export function createProcessMetrics(version: string): Metrics {
  const metrics = createMetrics();
  metrics.read({ name: 'claworc_build_info', help: 'Version of Claworc, as a label.', type: 'gauge' }, () => [
    { labels: { version }, value: 1 },
  ]);
  metrics.read(
    { name: 'process_start_time_seconds', help: 'When the process began, seconds since 1970.', type: 'gauge' },
    () => performance.timeOrigin / 1_000,
  );
  metrics.read(
    { name: 'process_cpu_seconds_total', help: 'CPU time of the process, user and system.', type: 'counter' },
    () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    },
  );
  metrics.read(
    { name: 'process_resident_memory_bytes', help: 'Memory of the process that is in RAM.', type: 'gauge' },
    () => process.memoryUsage.rss(),
  );
  metrics.read(
    { name: 'nodejs_heap_size_used_bytes', help: 'Used heap of V8.', type: 'gauge' },
    () => process.memoryUsage().heapUsed,
  );
  metrics.read(
    { name: 'nodejs_eventloop_active_seconds_total', help: 'Time that the event loop was busy.', type: 'counter' },
    () => performance.eventLoopUtilization().active / 1_000,
  );
  // Measured when somebody asks: a histogram of delays would wake the process a hundred times a second.
  metrics.read(
    {
      name: 'nodejs_eventloop_lag_seconds',
      help: 'How long one turn of the event loop took during this scrape.',
      type: 'gauge',
    },
    async () => {
      const asked = performance.now();
      await new Promise((resolve) => setImmediate(resolve));
      return (performance.now() - asked) / 1_000;
    },
  );
  return metrics;
}
