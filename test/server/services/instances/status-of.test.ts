import { expect, test } from 'vitest';
import { observeConnection } from '../../../../server/reconcile/status/observed-connection.ts';
import type { ObservedConnection, ObservedUnit } from '../../../../server/reconcile/status/observed.ts';
import type { EditedInstance } from '../../../../server/services/instances/edited.ts';
import { statusOf } from '../../../../server/services/instances/status-of.ts';

const edited = (state: 'stopped' | undefined, commit: string | null = 'a1b2c3d'): EditedInstance => ({
  row: { id: 1, name: 'bot-alpha', commit, createdAt: '', updatedAt: '' } as EditedInstance['row'],
  record: { spec: { ...(state && { state }) } } as EditedInstance['record'],
  drafts: [],
  isLeaving: false,
});
const connection = (state: ObservedConnection['state']): ObservedConnection => ({
  state,
  context: null,
  server: null,
  identity: null,
  detail: '',
  lastSeen: null,
});
const live = (status: ObservedUnit['status'], wish: ObservedUnit['wish'], statusReason = ''): ObservedUnit =>
  ({ status, statusReason, wish, objects: [{ live: {} }] }) as unknown as ObservedUnit;

const stop = edited('stopped');
const start = edited(undefined);

test.each([
  [
    'a stop that waits for its commit',
    stop,
    live('running', 'running'),
    'running',
    'Still running, wanted stopped: draft',
  ],
  ['a stop of a unit that is held', stop, live('running', null), 'running', 'Still running, wanted stopped: draft'],
  [
    'a stop of a bot in trouble',
    stop,
    live('error', 'running', 'Crash loop'),
    'error',
    'Crash loop, wanted stopped: draft',
  ],
  ['a stop that the reconciler speaks of', stop, live('running', 'stopped', 'told'), 'running', 'told'],
  ['a stop that is done', stop, live('stopped', 'running'), 'stopped', ''],
  ['a start that waits for its commit', start, live('stopped', 'stopped'), 'stopped', 'Stopped, wanted running: draft'],
  ['a bot that runs', start, live('running', 'running'), 'running', ''],
  ['a bot that was never applied', start, undefined, 'creating', 'Not applied yet'],
] as const)('%s is shown by what lives, with the wish beside it', (_, record, seen, status, reason) => {
  expect(statusOf(record, seen, connection('connected'), 'draft')).toEqual({ status, status_reason: reason });
});

test.each([
  ['none', 'creating', 'No cluster is named'],
  ['unreachable', 'running', ''],
  ['offered', 'running', ''],
] as const)('with a cluster that is %s a bot that ran there is %s: %s', (state, status, reason) => {
  const seen = live('running', 'running');

  expect(statusOf(start, seen, connection(state), '')).toEqual({ status, status_reason: reason });
});

test('a stopped bot that cannot be looked at says so', () => {
  expect(statusOf(stop, undefined, connection('unreachable'), '')).toEqual({
    status: 'stopped',
    status_reason: 'No cluster answers',
  });
});

test('a cluster that answers is never told as silent: it may be read just now, or refuse us', () => {
  const facts = {
    connection: { context: 'lab', server: 'https://lab' },
    identity: null,
    isAdmitted: true,
    lastSeen: null,
  };
  const reading = observeConnection({ ...facts, isSynced: false, trouble: null });
  expect(statusOf(start, undefined, reading, '').status_reason).toBe('The cluster is being read');
  const refused = observeConnection({ ...facts, isSynced: true, trouble: { type: 'forbidden', message: 'no' } });
  expect(statusOf(start, undefined, refused, '').status_reason).toBe('The cluster refuses Claworc');
  const silent = observeConnection({ ...facts, isSynced: true, trouble: { type: 'unreachable', message: 'no' } });
  expect(statusOf(start, undefined, silent, '').status_reason).toBe('No cluster answers');
});
