import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { LiveObject } from '../../../../../server/cluster/live-object.ts';
import {
  readRolloutState,
  ROLLOUT_ANNOTATION,
  takeOver,
  writeRolloutState,
  type RolloutState,
} from '../../../../../server/reconcile/plan/rollout/rollout-state.ts';

const commit = fc.integer({ min: 0, max: 9 }).map((digit) => String(digit).repeat(40));
const anyState: fc.Arbitrary<RolloutState> = fc.record({
  target: commit,
  from: fc.array(commit, { minLength: 1, maxLength: 8 }),
  main: commit,
  phase: fc.constantFrom('running', 'paused', 'stopped', 'done' as const),
  ring: fc.nat(10),
  since: fc.nat(2_000_000_000).map((seconds) => seconds * 1_000),
  reason: fc.string({ maxLength: 100 }),
  excused: fc.array(
    fc.nat(0xffffffff).map((mark) => mark.toString(16).padStart(8, '0')),
    { maxLength: 5 },
  ),
});
const parent = (text: string): LiveObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'claworc-applyset', annotations: { [ROLLOUT_ANNOTATION]: text } },
});

test('what is written down is read back', () => {
  fc.assert(
    fc.property(anyState, (state) => {
      expect(readRolloutState(parent(writeRolloutState(state)))).toEqual(state);
    }),
  );
});

test('text that anybody else wrote there is no rollout, and no error', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readRolloutState(parent(text)) === undefined));
  const [state] = fc.sample(anyState, { numRuns: 1, seed: 1 });
  const sound = JSON.parse(state === undefined ? '{}' : writeRolloutState(state)) as object;
  expect(readRolloutState(parent(JSON.stringify(sound)))).toEqual(state);
  for (const wrong of [
    { target: 'HEAD' },
    { from: [] },
    { ring: -1 },
    { phase: 'off' },
    { since: '1' },
    { excused: 'xyz' },
  ]) {
    expect(readRolloutState(parent(JSON.stringify({ ...sound, ...wrong })))).toBeUndefined();
  }
});

test('a rollout that takes over from others keeps the commit that all began with, and of the others the newest', () => {
  const commits = Array.from({ length: 12 }, (_, at) => String(at).padStart(40, '0'));
  let from: readonly string[] = commits.slice(0, 1);
  for (const target of commits.slice(1)) from = takeOver({ from, target });
  expect(from).toEqual([commits[0], ...commits.slice(-7)]);
});
