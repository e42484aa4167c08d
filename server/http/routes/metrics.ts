import { METRICS_TYPE } from '../../lib/metrics/metrics-text.ts';
import type { Metrics } from '../../lib/metrics/metrics.ts';
import type { App } from '../app-type.ts';
import type { EventStreams } from '../event-streams.ts';

/** `/metrics` at the root, where monitoring systems look for it. */
export function metricsRoutes(app: App, metrics: Metrics, streams: EventStreams): void {
  metrics.read(
    { name: 'claworc_event_streams_open', help: 'Event streams and logs that browsers follow.', type: 'gauge' },
    () => streams.count(),
  );
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    reply.header('content-type', METRICS_TYPE);
    return metrics.text();
  });
}
