import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RolloutSettings } from '../../../../../constructs/schema/index.ts';
import { markOfBot, type RolloutState } from '../../../../../server/reconcile/plan/rollout/rollout-state.ts';
import { stepRollout, type BotHealth } from '../../../../../server/reconcile/plan/rollout/step-rollout.ts';

const SETTINGS: RolloutSettings = {
  rings: ['1', '100%'],
  moreThan: 0,
  maxUnhealthy: 0,
  settleSeconds: 60,
  unhealthyAfterSeconds: 600,
};
const BEGAN = Date.parse('2026-11-27T10:00:00Z');
const STATE: RolloutState = {
  target: 'a'.repeat(40),
  from: ['b'.repeat(40)],
  main: 'a'.repeat(40),
  phase: 'running',
  ring: 0,
  since: BEGAN,
  reason: '',
  excused: [],
};
const RINGS = [['bot-a'], ['bot-b', 'bot-c'], ['bot-d']];

const step = (
  healths: Readonly<Record<string, BotHealth['health']>>,
  now: number,
  changes: Partial<RolloutState> = {},
  settings: Partial<RolloutSettings> = {},
  since: number | null = null,
) =>
  stepRollout({
    state: { ...STATE, ...changes },
    settings: { ...SETTINGS, ...settings },
    rings: RINGS,
    healthOf: (unit) => ({ unit, health: healths[unit] ?? 'pending', since }),
    now,
  });

describe('a step of a rollout', () => {
  test('is into the next ring when all bots that have the change were healthy for long enough', () => {
    const early = step({ 'bot-a': 'healthy' }, BEGAN + 59_000);
    expect([early.state.ring, early.nextAt]).toEqual([0, BEGAN + 60_000]);
    const due = step({ 'bot-a': 'healthy' }, BEGAN + 60_000);
    expect(due.state).toMatchObject({ ring: 1, since: BEGAN + 60_000, phase: 'running' });
    const late = step({ 'bot-a': 'healthy' }, BEGAN + 60_000, {}, {}, BEGAN + 30_000);
    expect([late.state.ring, late.nextAt]).toEqual([0, BEGAN + 90_000]);
  });

  test('waits for a bot on its way until that is late, and then stops', () => {
    expect(step({}, BEGAN + 599_000)).toMatchObject({ state: { ring: 0, phase: 'running' }, nextAt: BEGAN + 600_000 });
    expect(step({}, BEGAN + 600_000).state).toMatchObject({
      phase: 'stopped',
      reason: '1 bot is unhealthy with the change (bot-a), and none may be',
    });
  });

  test('does not call late what nobody has looked at', () => {
    expect(step({ 'bot-a': 'unknown' }, BEGAN + 6_000_000).state).toMatchObject({ ring: 0, phase: 'running' });
  });

  test('counts what was unhealthy before for nothing, and stops only above what may be unhealthy', () => {
    const excused = [markOfBot('bot-a')];
    expect(step({ 'bot-a': 'unhealthy' }, BEGAN + 60_000, { excused }).state.ring).toBe(1);
    const second = { 'bot-a': 'healthy', 'bot-b': 'unhealthy', 'bot-c': 'healthy' } as const;
    expect(step(second, BEGAN + 60_000, { ring: 1 }, { maxUnhealthy: 1 }).state.ring).toBe(2);
    expect(step(second, BEGAN + 60_000, { ring: 1 }).state.phase).toBe('stopped');
  });

  test('ends the rollout after the last ring', () => {
    const all = { 'bot-a': 'healthy', 'bot-b': 'healthy', 'bot-c': 'left_out', 'bot-d': 'healthy' } as const;
    expect(step(all, BEGAN + 60_000, { ring: 2 }).state.phase).toBe('done');
  });

  test('is none while it is paused or stopped', () => {
    for (const phase of ['paused', 'stopped'] as const) {
      const { state, nextAt } = step({ 'bot-a': 'healthy' }, BEGAN + 6_000_000, { phase });
      expect([state.ring, state.phase, nextAt]).toEqual([0, phase, null]);
    }
  });

  test('never goes further than one ring, never back, and not at all while more are unhealthy than may be', () => {
    const health = fc.constantFrom('healthy', 'pending', 'unhealthy', 'unknown', 'left_out' as const);
    const all = fc.record({ 'bot-a': health, 'bot-b': health, 'bot-c': health, 'bot-d': health });
    const input = [
      all,
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 2 }),
      fc.integer({ min: -9, max: 9_999 }),
    ] as const;
    fc.assert(
      fc.property(...input, (healths, maxUnhealthy, ring, seconds) => {
        const { state, counts } = step(healths, BEGAN + seconds * 1_000, { ring }, { maxUnhealthy });
        expect([ring, ring + 1]).toContain(state.ring);
        if (counts.unhealthy > maxUnhealthy) expect(state).toMatchObject({ ring, phase: 'stopped' });
        if (state.ring > ring || state.phase === 'done') expect(counts.pending).toBe(0);
        const { healthy, pending, unhealthy, excused } = counts;
        expect(healthy + pending + unhealthy + excused).toBe(RINGS.slice(0, ring + 1).flat().length);
      }),
    );
  });
});
