import { expect, test } from 'vitest';
import { silentLog } from '../../../../server/lib/log.ts';
import { observeConnection, type ConnectionFacts } from '../../../../server/reconcile/status/observed-connection.ts';
import { createObservedStore } from '../../../../server/reconcile/status/observed-store.ts';
import { logConnection } from '../../../../server/services/cluster/log-connection.ts';

const lab = { context: 'lab', server: 'https://127.0.0.1:6443' };
const connected: ConnectionFacts = {
  connection: lab,
  identity: 'some-uid',
  isAdmitted: true,
  isSynced: true,
  trouble: null,
  lastSeen: null,
};
const silent: ConnectionFacts = {
  ...connected,
  trouble: { type: 'unreachable', message: 'https://127.0.0.1:6443 is silent' },
};

function logOf(facts: ConnectionFacts) {
  let now = facts;
  const lines: string[] = [];
  const say = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  const log = { ...silentLog, info: say('info'), warn: say('warn'), error: say('error') };
  const store = createObservedStore({
    connection: () => observeConnection(now),
    commit: () => null,
    namespace: () => null,
    standing: () => [],
    retained: () => [],
    removals: () => null,
    rollout: () => null,
    rewind: () => null,
  });
  const stop = logConnection(store, log);
  const become = async (next: ConnectionFacts): Promise<void> => {
    now = next;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const unsubscribe = store.subscribe(() => resolve(undefined));
    store.touch();
    await promise;
    unsubscribe();
  };
  return { lines, become, stop };
}

test('a cluster that falls silent and answers again is told once each on the terminal', async () => {
  const { lines, become } = logOf(connected);
  await become(silent);
  await become({ ...silent, lastSeen: '2026-01-01T00:00:00Z' });
  await become(connected);
  expect(lines).toEqual([
    'warn: https://127.0.0.1:6443 is silent. Claworc goes on by itself when it answers.',
    'info: The cluster answers',
  ]);
});

test('reading what is in the cluster is no warning, and what held before is not told again', async () => {
  const { lines, become } = logOf(silent);
  await become(silent);
  await become({ ...connected, isSynced: false });
  expect(lines).toEqual(['info: Reading what is in lab (https://127.0.0.1:6443).']);
});
