import type { BotEffect, Effect } from '../../../../server/http/schemas/effect.ts';
import type { Proposal, ProposalConflict, ProposedKey } from '../../../../server/http/schemas/proposals.ts';
import { count } from './format.ts';
import type { Word } from './words.ts';

/** How the state of a proposal is drawn. */
export const PROPOSAL_WORDS = {
  open: { word: 'Proposed', icon: 'proposal', tone: 'ask', rule: 'On a branch, waiting for review.' },
  merged: { word: 'Merged', icon: 'y-published', tone: 'ok', rule: 'Main has it.' },
  closed: { word: 'Closed', icon: 'close', tone: 'idle', rule: 'Given up; its branch stays.' },
} as const satisfies Record<Proposal['state'], Word>;

/** How a check is drawn. */
export const CHECK_WORDS = {
  ok: { word: 'passed', icon: 'y-applied', tone: 'ok', rule: '' },
  failed: { word: 'failed', icon: 'y-failed', tone: 'bad', rule: '' },
  waiting: { word: 'waiting', icon: 'clock', tone: 'wait', rule: '' },
} as const satisfies Record<Proposal['checks'][number]['state'], Word>;

/** What a reviewer said at the forge. */
export const REVIEW_WORDS = {
  approved: 'approved',
  changes_requested: 'asks for changes',
  commented: 'commented',
} as const satisfies Record<Proposal['reviews'][number]['state'], string>;

/** What a proposal does to an API key, and what taking it out leaves. */
export const KEY_WORDS = {
  set: 'Main has none: taken out it is gone.',
  changed: 'Main has another value: taken out it is as on main.',
  removed: 'Main has it: taken out it stays.',
} as const satisfies Record<ProposedKey['what'], string>;

export const keyTitle = ({ unit, key }: Pick<ProposedKey, 'unit' | 'key'>): string =>
  `${key} of ${unit === 'fleet' ? 'the fleet' : unit}`;

/** A value of a field as it stands in a record; `not set` where there is none. */
export function valueWords(value: unknown): string {
  if (value === null || value === undefined) return 'not set';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a conflict is about: `bot-alpha, resources.limits.memory`. */
export function conflictTitle({ unit, field }: Pick<ProposalConflict, 'unit' | 'field'>): string {
  return field === '' ? `${unit}, all of it` : `${unit}, ${field.replace(/^spec\./, '')}`;
}

/** What happens to bots in one line: `restarts 2 bots, removes 1`. Empty where nothing does. */
export function effectWords(bots: readonly BotEffect[]): string {
  const real = bots.filter(({ name }) => name !== 'fleet');
  const some = (verb: string, test: (bot: BotEffect) => boolean): string[] => {
    const amount = real.filter(test).length;
    return amount === 0 ? [] : [`${verb} ${count(amount, 'bot')}`];
  };
  return [
    ...some('removes', ({ action }) => action === 'remove'),
    ...some('destroys the data of', ({ data }) => data === 'destroyed'),
    ...some('restarts', ({ restart }) => restart === 'restart'),
    ...some('stops', ({ restart }) => restart === 'stop'),
    ...some('starts', ({ action, restart }) => action !== 'create' && restart === 'start'),
    ...some('creates', ({ action }) => action === 'create'),
  ].join(', ');
}

/** What all bots ask for together, where it changes: `memory 12Gi → 16Gi`. */
export function sumWords({ before, after }: Effect['resources']): readonly string[] {
  const pairs = [
    ['CPU', before.cpu, after.cpu],
    ['memory', before.memory, after.memory],
    ['volumes', before.volumes, after.volumes],
  ] as const;
  return pairs.flatMap(([name, from, to]) => (from === to ? [] : [`${name} ${from} → ${to}`]));
}
