import type { Status } from '../../../../server/http/schemas/common.ts';
import type { Change } from '../../../../server/http/schemas/answers.ts';
import { clockOf } from './format.ts';

export type StepState = 'todo' | 'draft' | 'now' | 'done' | 'bad';

/** One step of the life of a write: Draft, Published, Applied, Healthy. */
export interface Step {
  readonly name: string;
  readonly state: StepState;
  /** Commit to link, where the step has one. */
  readonly commit?: string;
  readonly meta?: string;
}

/** What a change means where nothing has to become healthy: a deleted or a stopped bot, the settings. */
export interface TrackContext {
  readonly status: Status | null;
  readonly statusReason: string;
  /** False where no cluster is used, so that the step says what it waits for. */
  readonly hasCluster: boolean;
  /** True where nothing of the bot is written before somebody resumes it. @default false */
  readonly isSuspended?: boolean;
  /** What keeps drafts from becoming commits, where something does. */
  readonly wait?: string | undefined;
}

const FIRST_DETAIL = 60;
const shortly = (text: string): string => (text.length > FIRST_DETAIL ? `${text.slice(0, FIRST_DETAIL - 1)}…` : text);

/** The steps of a change, in the same words everywhere: four, or three for the removal of a bot, which ends when it is gone. */
export function stepsOf(change: Change, context: TrackContext): readonly Step[] {
  const begun = [draftStep(change), publishedStep(change, context)];
  return change.action === 'remove'
    ? [...begun, goneStep(change, context)]
    : [...begun, appliedStep(change, context), healthyStep(change, context)];
}

function draftStep(change: Change): Step {
  const time = clockOf(change.at);
  return change.published_at === null && change.commit === null
    ? { name: 'Draft', state: 'draft', meta: `saved ${time}` }
    : { name: 'Draft', state: 'done', meta: time };
}

function publishedStep(change: Change, { wait }: TrackContext): Step {
  if (change.commit !== null) {
    const time = change.published_at === null ? {} : { meta: clockOf(change.published_at) };
    return { name: 'Published', state: 'done', commit: change.commit, ...time };
  }
  if (change.state === 'conflict') return { name: 'Not published', state: 'bad', meta: 'a field changed meanwhile' };
  if (change.state === 'failed') return { name: 'Not published', state: 'bad', meta: shortly(change.detail) };
  if (wait !== undefined) return { name: 'Published', state: 'draft', meta: shortly(wait) };
  // Nothing is under way: it may wait for days.
  if (change.state === 'proposed') return { name: 'Published', state: 'draft', meta: shortly(change.detail) };
  return { name: 'Published', state: 'now', meta: change.detail === '' ? 'commit on main' : shortly(change.detail) };
}

function appliedStep(change: Change, context: TrackContext): Step {
  if (change.applied_at !== null) return { name: 'Applied', state: 'done', meta: clockOf(change.applied_at) };
  if (change.state === 'applied') return { name: 'Applied', state: 'done' };
  if (change.commit === null) return { name: 'Applied', state: 'todo' };
  if (change.state === 'failed') return { name: 'Not applied', state: 'bad', meta: shortly(change.detail) };
  if (context.isSuspended === true) return { name: 'Applied', state: 'todo', meta: 'suspended; applies when resumed' };
  if (!context.hasCluster) return { name: 'Applied', state: 'todo', meta: 'no cluster; applies when one answers' };
  return { name: 'Applied', state: 'now', meta: change.detail === '' ? 'on its way' : shortly(change.detail) };
}

function goneStep(change: Change, context: TrackContext): Step {
  if (change.result === 'gone') {
    const at = change.result_at === null ? '' : `${clockOf(change.result_at)}, `;
    return { name: 'Gone', state: 'done', meta: shortly(`${at}${change.detail}`) };
  }
  // A later life of the name took its place.
  if (change.state === 'applied') return { name: 'Gone', state: 'done' };
  if (change.commit === null) return { name: 'Gone', state: 'todo' };
  if (change.state === 'failed') return { name: 'Not gone', state: 'bad', meta: shortly(change.detail) };
  if (!context.hasCluster) return { name: 'Gone', state: 'todo', meta: 'no cluster; it goes when one answers' };
  return { name: 'Gone', state: 'now', meta: change.detail === '' ? 'on its way' : shortly(change.detail) };
}

function healthyStep(change: Change, context: TrackContext): Step {
  const applied = change.applied_at !== null || change.state === 'applied';
  const name = context.status === 'stopped' ? 'Stopped' : 'Healthy';
  if (change.healthy_at !== null) return { name, state: 'done', meta: clockOf(change.healthy_at) };
  if (!applied || context.status === null) return { name, state: 'todo' };
  if (context.status === 'running' || context.status === 'stopped') return { name, state: 'done' };
  if (context.status === 'error') return { name: 'Not healthy', state: 'bad', meta: shortly(context.statusReason) };
  return { name, state: 'now', meta: shortly(context.statusReason) };
}

/** The whole track as one sentence, for `aria-label` and the live region. */
export function describeSteps(steps: readonly Step[]): string {
  const current = steps.findLast((step) => step.state !== 'todo') ?? steps[0];
  if (current === undefined) return '';
  const word = { todo: 'not begun', draft: 'saved', now: 'under way', done: 'done', bad: 'refused' }[current.state];
  return `${current.name}: ${word}${current.meta === undefined ? '' : `, ${current.meta}`}`;
}
