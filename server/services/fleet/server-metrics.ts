import { stat } from 'node:fs/promises';
import { addLoopFigures } from '../../reconcile/loop/loop-metrics.ts';
import { addObservedMetrics } from '../../reconcile/status/observed-metrics.ts';
import { countOpenEdits } from '../../store/outbox.ts';
import { countOpenProposals } from '../../store/proposals.ts';
import type { AppContext } from '../app-context.ts';
import type { PublisherState } from '../publish/publisher.ts';

const STATES: readonly PublisherState['state'][] = [
  'following',
  'unreachable',
  'too_large',
  'unsigned',
  'rewritten',
  'remote',
];

/** What a server tells beside what is counted while it works; read when somebody asks. `perBot`: figures of each bot too. */
export function addServerMetrics(context: AppContext, perBot: boolean): void {
  const { metrics, cluster, publisher, store, screens } = context;
  addObservedMetrics(metrics, cluster.observed, perBot);
  if (cluster.figures !== null) addLoopFigures(metrics, cluster.figures);
  metrics.read(
    { name: 'claworc_git_state', help: 'How publishing and main stand: 1 for the state that holds.', type: 'gauge' },
    () => {
      const now = publisher.state().state;
      return STATES.map((state) => ({ labels: { state }, value: Number(state === now) }));
    },
  );
  metrics.read(
    {
      name: 'claworc_remote_seen_age_seconds',
      help: 'Since the remote answered last; absent without a remote.',
      type: 'gauge',
    },
    () => {
      const seen = publisher.remote()?.lastSeen ?? null;
      return seen === null ? null : Math.max(0, (context.clock.now() - Date.parse(seen)) / 1_000);
    },
  );
  metrics.read({ name: 'claworc_drafts', help: 'Edits that are saved and not on main, by state.', type: 'gauge' }, () =>
    Object.entries(countOpenEdits(store.reader)).map(([state, value]) => ({ labels: { state }, value })),
  );
  metrics.read({ name: 'claworc_proposals_open', help: 'Proposals that wait for review.', type: 'gauge' }, () =>
    countOpenProposals(store.reader),
  );
  metrics.read({ name: 'claworc_screens_open', help: 'Viewers of screens.', type: 'gauge' }, () => screens.open());
  metrics.read(
    { name: 'claworc_database_size_bytes', help: 'Size of the database with its write-ahead log.', type: 'gauge' },
    async () => {
      const sizes = await Promise.all([store.file, `${store.file}-wal`].map(sizeOf));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
  );
}

const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
