import { removalBudgetOf } from '../../../../constructs/schema/index.ts';
import { describe, expect, test } from 'vitest';
import type { ActionResult, ResultVerb, UnitOutcome } from '../../../../server/reconcile/apply/outcome.ts';
import { LiveIndex } from '../../../../server/reconcile/live/live-index.ts';
import type { RepoPlan } from '../../../../server/reconcile/once/plan-repo.ts';
import {
  outcomeData,
  outcomeExitCode,
  planData,
  planExitCode,
  type OutcomeData,
} from '../../../../server/reconcile/once/report.ts';
import { formatOutcome, formatPlan } from '../../../../server/reconcile/once/words.ts';
import type { PlannedVerb, UnitPlan } from '../../../../server/reconcile/plan/plan-types.ts';

const COMMIT = 'd4cb2be'.padEnd(40, '0');
const NEWER = 'e301640'.padEnd(40, '0');

const repoPlan = (changes: Partial<RepoPlan> = {}): RepoPlan => ({
  commit: COMMIT,
  main: { name: 'origin/main', commit: COMMIT },
  namespace: 'claworc',
  context: 'lab',
  server: 'https://lab.example:6443',
  isExternal: false,
  rollout: null,
  units: [],
  desired: {
    commit: COMMIT,
    namespace: 'claworc',
    applier: 'claworc',
    units: new Map(),
    nodePorts: new Map(),
    removalBudget: removalBudgetOf(undefined),
    complete: { allowed: true },
  },
  index: new LiveIndex(),
  lineage: { order: 'after' },
  hold: null,
  removals: null,
  approved: null,
  notRead: [],
  planContext: () => ({
    namespace: 'claworc',
    version: '0.1.0',
    permit: { allowed: true },
    secretsUsedElsewhere: () => new Set(),
  }),
  ...changes,
});

const unitPlan = (verb: PlannedVerb, changes: Partial<UnitPlan> = {}): UnitPlan => ({
  unit: 'bot-alpha',
  state: 'present',
  reason: '',
  actions: [{ action: verb, kind: 'Deployment', name: 'bot-alpha', reason: 'why', fields: [], drift: false }],
  parent: { action: 'unchanged' },
  ...changes,
});

const outcome = (state: UnitOutcome['state'], ...verbs: readonly ResultVerb[]): UnitOutcome => ({
  unit: `bot-${state}-${verbs.join('-')}`,
  state,
  reason: '',
  results: verbs.map((result): ActionResult => {
    return { result, kind: 'ConfigMap', name: 'x', reason: '', fields: [], corrected: false, conflicts: [] };
  }),
  warnings: [],
  wrote: false,
  retryable: false,
});

const applied = (units: readonly UnitOutcome[], changes: Partial<RepoPlan> = {}): OutcomeData =>
  outcomeData({ plan: repoPlan(changes), refused: null, units, namespaceCreated: false });
const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

const OLDER = {
  order: 'before',
  last: NEWER,
  reason: 'd4cb2be is older than e301640, which the cluster runs',
} as const;

test('entries of the commit that could not be read are named once in the last line of plan and apply, and something waits', () => {
  const notRead = ['a', 'b', 'c', 'd'].map((name) => ({ path: `instances/${name}.yaml`, reason: 'a link' }));
  const words =
    'not read of the commit: instances/a.yaml (a link), instances/b.yaml (a link), instances/c.yaml (a link), and 1 more';

  const plan = planData(repoPlan({ notRead }));
  const done = applied([outcome('done', 'unchanged')], { notRead });

  expect([planExitCode(plan), outcomeExitCode(done)]).toEqual([3, 3]);
  expect(formatPlan(plan).split(words)).toHaveLength(2);
  expect(lastLine(formatOutcome(done)).split(words)).toHaveLength(2);
});

describe('an apply', () => {
  test('is done, 0, and as main says, only when every unit left nothing undone', () => {
    const data = applied([outcome('done', 'unchanged'), outcome('done', 'created', 'pruned')]);

    expect(outcomeExitCode(data)).toBe(0);
    expect(data).toMatchObject({ ok: true, result: 'done' });
    expect(lastLine(formatOutcome(data))).toBe('2 of 2 units are as main says.');
  });

  test('that skipped a removal which it could not judge waits, 3, and says so in the last line', () => {
    const data = applied([outcome('done', 'unchanged'), outcome('done', 'unchanged', 'skipped')]);

    expect(outcomeExitCode(data)).toBe(3);
    expect(data).toMatchObject({ ok: false, result: 'waits', states: { withheld: ['bot-done-unchanged-skipped'] } });
    expect(lastLine(formatOutcome(data))).toBe(
      '1 of 2 units are as main says; 1 with something left undone: bot-done-unchanged-skipped.',
    );
  });

  test.each(['held', 'waiting'] as const)('with a unit that is %s waits, 3', (state) => {
    expect(outcomeExitCode(applied([outcome('done'), outcome(state)]))).toBe(3);
  });

  test('whose object is still going when the time is over waits, 3, although nothing failed', () => {
    expect(outcomeExitCode(applied([outcome('done', 'waiting')]))).toBe(3);
  });

  test('with a failure is 1, whatever else waits', () => {
    const data = applied([outcome('failed', 'conflict'), outcome('held')]);

    expect(outcomeExitCode(data)).toBe(1);
    expect(lastLine(formatOutcome(data))).toBe(
      '0 of 2 units are as main says; 1 failed: bot-failed-conflict; 1 held: bot-held-.',
    );
  });

  test('of a tree that was not read whole, or of history that was rewritten, waits, 3, with every unit done', () => {
    const complete = { allowed: false, reason: 'dist/x was not read' } as const;
    const partial = applied([outcome('done')], { desired: { ...repoPlan().desired, complete } });
    const lineage = { order: 'apart', last: NEWER, reason: 'it does not come after e301640' } as const;
    const apart = applied([outcome('done')], { lineage });

    expect([outcomeExitCode(partial), outcomeExitCode(apart)]).toEqual([3, 3]);
    expect(lastLine(formatOutcome(partial))).toContain('nothing is removed: dist/x was not read');
    expect(lastLine(formatOutcome(apart))).toContain('it does not come after e301640');
  });

  test('that was refused is 1 and names the flag', () => {
    const data = outcomeData({
      plan: repoPlan({ lineage: OLDER }),
      refused: OLDER.reason,
      units: [],
      namespaceCreated: false,
    });

    expect(outcomeExitCode(data)).toBe(1);
    expect(formatOutcome(data)).toContain(`Nothing was applied: ${OLDER.reason}.`);
    expect(formatOutcome(data)).toContain('--allow-older');
  });

  test('says "as main says" of no other commit than that of main', () => {
    const units = [outcome('done')];
    const beside = applied(units, { main: { name: 'origin/main', commit: NEWER } });
    const unknown = applied(units, { main: null });
    const older = applied(units, { lineage: OLDER });

    for (const data of [beside, unknown, older]) {
      expect(formatOutcome(data)).toContain('1 of 1 units are as d4cb2be says');
      expect(formatOutcome(data)).not.toContain('as main says');
    }
    expect(formatOutcome(beside)).toContain('Applied d4cb2be (origin/main is at e301640)');
    expect(older.main).toMatchObject({ isThis: false });
  });
});

describe('a plan', () => {
  test('is 0 only with nothing to do and nothing that waits', () => {
    expect(planExitCode(planData(repoPlan({ units: [unitPlan('unchanged')] })))).toBe(0);
    for (const verb of ['create', 'prune', 'skip', 'conflict'] as const) {
      expect(planExitCode(planData(repoPlan({ units: [unitPlan(verb)] })))).toBe(3);
    }
  });

  test('counts a unit whose ApplySet belongs to somebody else as held', () => {
    const parent = { action: 'conflict', reason: 'its ApplySet belongs to kubectl' } as const;
    const data = planData(repoPlan({ units: [unitPlan('unchanged', { parent })] }));

    expect(planExitCode(data)).toBe(3);
    expect(lastLine(formatPlan(data))).toBe('1 unchanged, 1 unit held.');
  });

  test('of an older commit says that an apply is refused, with both commits, and is 3', () => {
    const data = planData(repoPlan({ lineage: OLDER, units: [unitPlan('unchanged')] }));

    expect(data).toMatchObject({ needsAllowOlder: true, notes: [OLDER.reason] });
    expect(planExitCode(data)).toBe(3);
    expect(formatPlan(data)).toContain(OLDER.reason);
    expect(lastLine(formatPlan(data))).toContain('apply is refused without --allow-older');
  });

  test('without a claworc.yaml to go by is never "nothing to do"', () => {
    const data = planData(repoPlan({ namespace: null }));

    expect(planExitCode(data)).toBe(3);
    expect(lastLine(formatPlan(data))).toContain('claworc.yaml is missing or broken');
  });
});
