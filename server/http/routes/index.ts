import type { AppContext } from '../../services/app-context.ts';
import type { App } from '../app-type.ts';
import type { EventStreams } from '../event-streams.ts';
import { activityRoutes } from './activity.ts';
import { clusterRoutes } from './cluster.ts';
import { configRoutes } from './config.ts';
import { eventRoutes } from './events.ts';
import { gitRoutes } from './git.ts';
import { healthRoutes } from './health.ts';
import { historyRoutes } from './history.ts';
import { instanceRoutes } from './instances.ts';
import { lifecycleRoutes } from './lifecycle.ts';
import { logRoutes } from './logs.ts';
import { manifestRoutes } from './manifests.ts';
import { previewRoutes } from './previews.ts';
import { proposalRoutes } from './proposals.ts';
import { removalRoutes } from './removals.ts';
import { rolloutRoutes } from './rollout.ts';
import { rewindRoutes } from './rewind.ts';
import { restoreRoutes } from './restore.ts';
import { screenRoutes } from './screens.ts';
import { settingsRoutes } from './settings.ts';

/** Every route of the API, below its prefix. */
export function registerRoutes(
  api: App,
  context: AppContext,
  streams: EventStreams,
  build: () => Promise<string | null>,
): void {
  api.get('/openapi.json', { schema: { hide: true } }, () => api.swagger());
  healthRoutes(api, context);
  instanceRoutes(api, context);
  lifecycleRoutes(api, context);
  configRoutes(api, context);
  previewRoutes(api, context);
  manifestRoutes(api, context);
  historyRoutes(api, context);
  restoreRoutes(api, context);
  logRoutes(api, context, streams);
  screenRoutes(api, context);
  settingsRoutes(api, context);
  activityRoutes(api, context);
  clusterRoutes(api, context);
  removalRoutes(api, context);
  rolloutRoutes(api, context);
  rewindRoutes(api, context);
  gitRoutes(api, context);
  proposalRoutes(api, context);
  eventRoutes(api, streams, build);
}
