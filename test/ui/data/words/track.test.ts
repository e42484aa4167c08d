import { expect, test } from 'vitest';
import { describeSteps, stepsOf, type TrackContext } from '../../../../ui/src/data/words/track.ts';
import { change } from '../../instances.ts';

const context: TrackContext = { status: 'running', statusReason: '', hasCluster: true };
const states = (...args: Parameters<typeof stepsOf>): string[] =>
  stepsOf(...args).map((step) => `${step.name} ${step.state}`);
const published = { commit: 'b'.repeat(40), state: 'published', published_at: '2026-11-19T14:31:41Z' } as const;
const applied = { ...published, state: 'applied', applied_at: '2026-11-19T14:31:52Z' } as const;

test('nothing is done before the commit exists', () => {
  expect(states(change(), context)).toEqual(['Draft draft', 'Published now', 'Applied todo', 'Healthy todo']);
});

test('what waits in a proposal waits, and nothing turns for it', () => {
  const steps = stepsOf(change({ state: 'proposed', detail: 'Waits in proposal 3' }), context);
  expect(steps[1]).toEqual({ name: 'Published', state: 'draft', meta: 'Waits in proposal 3' });
});

test('a commit on main is on its way to the cluster, or waits for one', () => {
  expect(states(change(published), context)).toEqual(['Draft done', 'Published done', 'Applied now', 'Healthy todo']);
  const steps = stepsOf(change(published), { ...context, hasCluster: false });
  expect(steps[2]).toMatchObject({ state: 'todo', meta: 'no cluster; applies when one answers' });
});

test('a commit of a suspended bot waits for somebody to resume it, with or without a cluster: it was told to wait for one', () => {
  for (const hasCluster of [true, false]) {
    const steps = stepsOf(change(published), { ...context, hasCluster, isSuspended: true });
    expect(steps[2]).toEqual({ name: 'Applied', state: 'todo', meta: 'suspended; applies when resumed' });
  }
});

test('what was applied becomes healthy, stopped, or not', () => {
  expect(states(change(applied), context)[3]).toBe('Healthy done');
  expect(states(change(applied), { ...context, status: 'stopped' })[3]).toBe('Stopped done');
  expect(states(change(applied), { ...context, status: 'creating' })[3]).toBe('Healthy now');
  const broken = stepsOf(change(applied), { ...context, status: 'error', statusReason: 'Crash loop' });
  expect(broken[3]).toEqual({ name: 'Not healthy', state: 'bad', meta: 'Crash loop' });
});

test('a refusal is crossed at its step, with its sentence', () => {
  expect(states(change({ state: 'conflict' }), context)[1]).toBe('Not published bad');
  const refused = stepsOf(change({ ...published, state: 'failed', detail: 'over quota' }), context);
  expect(refused[2]).toEqual({ name: 'Not applied', state: 'bad', meta: 'over quota' });
  expect(describeSteps(refused)).toBe('Not applied: refused, over quota');
});

test('the removal of a bot ends when it is gone, with what is left of it, and nothing has to become healthy', () => {
  const removal = { ...published, action: 'remove' } as const;
  const leaving = stepsOf(change({ ...removal, detail: 'waits until pod x has ended' }), context);
  expect(leaving[2]).toEqual({ name: 'Gone', state: 'now', meta: 'waits until pod x has ended' });
  const gone = { ...applied, ...removal, state: 'applied', result: 'gone', result_at: '2026-11-19T14:32:00Z' } as const;
  expect(stepsOf(change({ ...gone, detail: 'kept of it: x' }), context)[2]).toEqual({
    name: 'Gone',
    state: 'done',
    meta: '14:32:00, kept of it: x',
  });
  expect(states(change({ ...removal, state: 'failed', detail: 'lost its marks' }), context)).toEqual([
    'Draft done',
    'Published done',
    'Not gone bad',
  ]);
  expect(states(change(removal), { ...context, hasCluster: false })[2]).toBe('Gone todo');
});
