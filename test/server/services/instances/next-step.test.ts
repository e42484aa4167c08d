import { expect, test } from 'vitest';
import type { StoredProblem } from '../../../../server/store/problems.ts';
import type { EditRow } from '../../../../server/store/edit.ts';
import type { ObservedConnection } from '../../../../server/reconcile/status/observed.ts';
import type { EditedInstance } from '../../../../server/services/instances/edited.ts';
import type { InstanceFacts } from '../../../../server/services/instances/instance-facts.ts';
import { nextStep } from '../../../../server/services/instances/next-step.ts';
import { syncOf } from '../../../../server/services/instances/sync-of.ts';
import { observedUnit } from '../../reconcile/observed-fixture.ts';

const STATUSES = ['creating', 'running', 'stopped', 'error'] as const;
type Status = (typeof STATUSES)[number];

/** What the cluster alone would say of each status. */
const OF_LIFE: Readonly<Record<Status, string>> = {
  creating: 'Nothing to do.',
  running: 'Nothing to do.',
  stopped: 'Start it when it is needed.',
  error: 'Raise its memory limit.',
};
const CONNECTED = { state: 'connected', detail: '' } as ObservedConnection;
const NONE = { state: 'none', detail: 'No cluster is named.' } as ObservedConnection;
const draft = (change: Partial<EditRow> = {}): EditRow =>
  ({ state: 'pending', message: 'Stop', conflicts: [], detail: '', changes: [], ...change }) as unknown as EditRow;
const applied = (status: Status) => observedUnit('bot-alpha', { status, sync: 'applied', next: OF_LIFE[status] });

interface Case extends Partial<Omit<InstanceFacts, 'desired'>> {
  readonly drafts?: readonly EditRow[];
  readonly connection?: ObservedConnection;
}

/** Facts of a bot that is applied and lives, but for what a case says. */
function next(status: Status, { drafts = [], ...given }: Case = {}): string {
  const facts = {
    desired: { row: { name: 'bot-alpha' }, drafts, isLeaving: false } as unknown as EditedInstance,
    problems: [],
    isEditedByHand: false,
    live: applied(status),
    isCurrent: true,
    connection: CONNECTED,
    mainWait: null,
    ...given,
  } as InstanceFacts;
  const synced = syncOf(facts, null);
  return nextStep({ status, synced, live: facts.live, connection: facts.connection });
}

const seen = (sync: 'failed' | 'drifted' | 'published', syncNext: string) => (status: Status) => ({
  live: { ...applied(status), sync, syncNext, reason: 'x' },
});
const LATER = 'Nothing to do; its draft becomes a commit, which is applied then.';
const KEPT =
  'Its draft is kept, and becomes a commit when nothing stands in its way. It waits for the remote: it does not answer.';
const DISCARD = 'Discard the draft under Changes, and save it otherwise.';
const CHOOSE = 'Say under Changes which of the two values is meant, or discard the draft.';
const ON_MAIN = 'Correct it on main.';
const problem: StoredProblem = {
  unit: 'bot-alpha',
  severity: 'error',
  file: 'instances/bot-alpha.yaml',
  field: '',
  message: 'x',
};

test.each<readonly [string, (status: Status) => Case, string]>([
  ['a draft', () => ({ drafts: [draft()] }), LATER],
  ['a draft while the remote is away', () => ({ drafts: [draft()], mainWait: 'the remote: it does not answer' }), KEPT],
  [
    'a proposed draft',
    () => ({ drafts: [draft({ state: 'proposed', proposal: 3 })] }),
    'It changes when proposal 3 is merged.',
  ],
  ['a commit that was not looked at yet', () => ({ isCurrent: false }), 'Nothing to do; its commit is applied next.'],
  [
    'a commit that is being applied',
    seen('published', 'Nothing to do; it is being applied.'),
    'Nothing to do; it is being applied.',
  ],
  ['a drift that is put right', seen('drifted', 'Nothing to do; it is put right.'), 'Nothing to do; it is put right.'],
  [
    'a drift that somebody holds',
    seen('drifted', 'Mend what it names; it is applied then.'),
    'Mend what it names; it is applied then.',
  ],
  ['what the cluster refused', seen('failed', 'Correct what it names on main.'), 'Correct what it names on main.'],
  ['a draft in conflict', () => ({ drafts: [draft({ state: 'conflict' })] }), CHOOSE],
  ['a draft that git refused', () => ({ drafts: [draft({ state: 'failed' })] }), DISCARD],
  ['an error on main', () => ({ problems: [problem] }), ON_MAIN],
  ['a dist/ edited by hand', () => ({ isEditedByHand: true }), 'Save the bot again here, or run synth and push.'],
])('%s is the next step of a bot in any status; what ails it is said first', (_, facts, words) => {
  const isNothing = words.startsWith('Nothing');
  for (const status of STATUSES) {
    const expected = status !== 'error' ? words : isNothing ? OF_LIFE.error : `${OF_LIFE.error} ${words}`;
    expect(next(status, facts(status)), status).toBe(expected);
  }
});

test.each(STATUSES)('of a bot that is as main says and %s, what lives has the word', (status) => {
  expect(next(status)).toBe(OF_LIFE[status]);
});

test('without a cluster its absence is the next step, and never nothing', () => {
  for (const status of ['creating', 'stopped'] as const) {
    expect(next(status, { live: undefined, isCurrent: false, connection: NONE })).toBe(NONE.detail);
    expect(next(status, { live: undefined, isCurrent: false, connection: NONE, drafts: [draft()] })).toBe(NONE.detail);
  }
  const silent = { state: 'unreachable', detail: 'It goes on by itself when it answers.' } as ObservedConnection;
  expect(next('running', { connection: silent })).toBe(silent.detail);
  expect(next('error', { connection: silent })).toBe(`${OF_LIFE.error} ${silent.detail}`);
});

test('a cluster that is away is told without the folders of this machine', () => {
  const detail = "The kubeconfig /home/ada/.kube/config can't be read.";
  const connection = { state: 'none', detail } as ObservedConnection;
  const shown = "The kubeconfig …/config can't be read.";

  expect(next('running', { connection })).toContain(shown);
  const facts = { desired: { drafts: [], isLeaving: false }, problems: [], isCurrent: false, connection };
  expect(syncOf({ ...facts, live: undefined } as unknown as InstanceFacts, null).reason).toBe(shown);
});

test('a bot that leaves says what has to be settled only where it does not go by itself', () => {
  const leaving = { data: 'retain', waitsFor: 'Service x: it lost its marks', isStuck: true, objects: [] } as const;
  const facts = (isStuck: boolean) =>
    ({ live: observedUnit('bot-alpha', { leaving: { ...leaving, isStuck } }) }) as unknown as InstanceFacts;
  const shown = { data: 'retain', waits_for: leaving.waitsFor } as const;
  expect(syncOf(facts(true), shown).next).toBe('It stays until this is settled: Service x: it lost its marks');
  expect(syncOf(facts(false), shown).next).toBe('Nothing to do; it leaves by itself.');
});
