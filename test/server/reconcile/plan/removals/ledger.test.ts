import { beforeEach, describe, expect, test } from 'vitest';
import type { LiveObject } from '../../../../../server/cluster/live-object.ts';
import { createDesiredReader } from '../../../../../server/reconcile/desired/desired.ts';
import type { DesiredState, RemovedUnit } from '../../../../../server/reconcile/desired/desired-state.ts';
import { LiveIndex } from '../../../../../server/reconcile/live/live-index.ts';
import { parentObject } from '../../../../../server/reconcile/plan/applyset.ts';
import { APPROVED_ANNOTATION, writeApprovals } from '../../../../../server/reconcile/plan/removals/approval.ts';
import { createRemovalLedger, type RemovalLedger } from '../../../../../server/reconcile/plan/removals/ledger.ts';
import { pendingRemovals } from '../../../../../server/reconcile/plan/removals/pending.ts';
import { removalDigest } from '../../../../../server/reconcile/plan/removals/removal.ts';
import { appliedLive } from '../../live-fixture.ts';
import { RepoFixture } from '../../repo-fixture.ts';

const NOW = Date.parse('2026-11-27T10:00:00Z');
const DAY_MS = 86_400_000;
const NAMES = ['bot-a', 'bot-b', 'bot-c', 'bot-d', 'bot-e', 'bot-f'];

const repo = await RepoFixture.create('claworc');
for (const name of NAMES) repo.record(name);
const before = await createDesiredReader().read('a'.repeat(40), repo.synth().repo);
for (const name of NAMES.slice(0, 4)) repo.remove(name, 'retain');
const after = await createDesiredReader().read('b'.repeat(40), repo.synth().repo);

function removedUnit(state: DesiredState, name: string): RemovedUnit {
  const unit = state.units.get(name);
  if (unit?.state !== 'removed') throw new Error(`${name} is ${String(unit?.state)}`);
  return unit;
}
const digestOf = (name: string): string => removalDigest(removedUnit(after, name), 'bot');

let index: LiveIndex;
let ledger: RemovalLedger;
let version = 1;
const parent = (approvals: Readonly<Record<string, number>>): LiveObject => {
  const object = parentObject('fleet', 'claworc', [], '0.1.0');
  const text = writeApprovals(new Map(Object.entries(approvals)));
  const annotations = { ...object.metadata.annotations, [APPROVED_ANNOTATION]: text };
  return {
    ...object,
    metadata: { ...object.metadata, uid: 'parent', resourceVersion: String((version += 1)), annotations },
  };
};
const gone = (name: string): void => {
  const unit = before.units.get(name);
  if (unit?.state !== 'present') throw new Error(name);
  for (const { object } of unit.objects) index.remove(appliedLive(object));
};

beforeEach(() => {
  index = new LiveIndex();
  ledger = createRemovalLedger();
  for (const name of NAMES) {
    const unit = before.units.get(name);
    if (unit?.state !== 'present') throw new Error(name);
    for (const { object } of unit.objects) index.put(appliedLive(object));
  }
});

describe('the ledger of removals', () => {
  test('holds whatever was not weighed, and says why', () => {
    expect(ledger.gate(removedUnit(after, 'bot-a'), 'bot')).toEqual({
      wait: 'count',
      reason: 'what main removes is being counted',
    });
    expect(ledger.verdict()).toBeNull();
  });

  test('names the units of which something else holds than before, each once, and none where nothing moved', () => {
    expect(ledger.weigh(before, index, NOW)).toEqual([]);
    expect([...ledger.weigh(after, index, NOW)].sort()).toEqual(NAMES.slice(0, 4));
    expect(ledger.weigh(after, index, NOW + 1)).toEqual([]);
    expect(ledger.gate(removedUnit(after, 'bot-a'), 'bot')?.wait).toBe('approval');
    index.put(parent({ [digestOf('bot-b')]: NOW }));
    expect(ledger.weigh(after, index, NOW + 2)).toEqual(NAMES.slice(0, 4));
    expect(ledger.gate(removedUnit(after, 'bot-b'), 'bot')).toBeUndefined();
  });

  test('is concerned by bots that leave and by the approvals, and by nothing while none leaves', () => {
    ledger.weigh(before, index, NOW);
    expect([ledger.concerns(['bot-a']), ledger.concerns(['fleet'])]).toEqual([false, false]);
    ledger.weigh(after, index, NOW);
    expect(['bot-a', 'bot-f', 'fleet'].map((unit) => ledger.concerns([unit]))).toEqual([true, false, true]);
    expect(ledger.concerns([])).toBe(false);
    ledger.weigh(before, index, NOW);
    expect(ledger.concerns(['bot-a'])).toBe(false);
  });

  test('lets what only waits for its turn go where nobody has to hurry, and nothing else', () => {
    const all = Object.fromEntries(NAMES.slice(0, 4).map((name) => [digestOf(name), NOW]));
    index.put(parent(all));
    const state = { ...after, removalBudget: { ...after.removalBudget, perMinute: 2 } };
    ledger.weigh(state, index, NOW);
    const waits = (gate: RemovalLedger['gate']) =>
      NAMES.slice(0, 4).map((name) => gate(removedUnit(after, name), 'bot')?.wait ?? null);
    expect(waits(ledger.gate)).toEqual([null, null, 'turn', 'turn']);
    expect(waits(ledger.unhurried)).toEqual([null, null, null, null]);
    ledger.weigh(after, index, NOW);
    index.put(parent({}));
    const anew = createRemovalLedger();
    anew.weigh(after, index, NOW);
    expect(waits(anew.unhurried)).toEqual(['approval', 'approval', 'approval', 'approval']);
  });

  test('an approval is over when its bot is gone or its tombstone is, and one of a commit on its way is kept for a day', () => {
    const unknown = 'f'.repeat(16);
    index.put(parent({ [digestOf('bot-a')]: NOW, [unknown]: NOW }));
    ledger.weigh(after, index, NOW);
    expect(ledger.overApprovals(NOW)).toEqual(new Set());
    gone('bot-a');
    ledger.weigh(after, index, NOW);
    expect(ledger.overApprovals(NOW)).toEqual(new Set([digestOf('bot-a')]));
    expect(ledger.overApprovals(NOW + DAY_MS)).toEqual(new Set([digestOf('bot-a')]));
    expect(ledger.overApprovals(NOW + DAY_MS + 1)).toEqual(new Set([digestOf('bot-a'), unknown]));

    index.put(parent({ [digestOf('bot-b')]: NOW }));
    ledger.weigh(after, index, NOW);
    ledger.weigh(before, index, NOW);
    expect(ledger.overApprovals(NOW)).toEqual(new Set([digestOf('bot-b')]));
  });

  test('an approval of what is gone is over after a restart too', () => {
    gone('bot-a');
    index.put(parent({ [digestOf('bot-a')]: NOW }));
    ledger.weigh(after, index, NOW);
    expect(ledger.overApprovals(NOW)).toEqual(new Set([digestOf('bot-a')]));
  });
});

describe('what waits', () => {
  test('is told with its commit, its hash, how many there are and the command that lets it go', () => {
    ledger.weigh(after, index, NOW);
    const verdict = ledger.verdict();
    const pending = verdict && pendingRemovals(verdict);
    expect(pending).toMatchObject({ commit: 'b'.repeat(40), count: 4, limit: 3 });
    expect(pending?.removals).toEqual(
      NAMES.slice(0, 4).map((unit) => ({ unit, kind: 'bot', data: 'retain', wait: 'approval', until: null })),
    );
    expect(pending?.sentence).toBe(
      `Removals wait for an approval: 4 bots would be removed, more than the 3 that one step of main may (bot-a, bot-b, bot-c, bot-d). To let them go: \`claworc approve ${'b'.repeat(40)} ${String(pending?.hash)}\``,
    );
  });

  test('for its turn is told with the time at which that comes, and needs no command', () => {
    index.put(parent(Object.fromEntries(NAMES.slice(0, 4).map((name) => [digestOf(name), NOW]))));
    ledger.weigh({ ...after, removalBudget: { ...after.removalBudget, perMinute: 3 } }, index, NOW);
    const verdict = ledger.verdict();
    const pending = verdict && pendingRemovals(verdict);
    expect(pending).toMatchObject({ hash: null, sentence: null });
    expect(pending?.removals).toEqual([
      { unit: 'bot-d', kind: 'bot', data: 'retain', wait: 'turn', until: '2026-11-27T10:01:00.000Z' },
    ]);
  });

  test('is nothing where all that leaves may', () => {
    gone('bot-a');
    ledger.weigh(after, index, NOW);
    const verdict = ledger.verdict();
    expect(verdict && pendingRemovals(verdict)).toBeNull();
  });
});
