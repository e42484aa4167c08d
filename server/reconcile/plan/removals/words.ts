import { ClaworcError } from '../../../lib/errors.ts';
import type { RemovalWait } from './gate.ts';
import type { Removal } from './removal.ts';
import type { RemovalVerdict } from './weigh.ts';

/** What a single removal waits for. Without times of day but for the end of a delay: a plan is told by its words. */
export function waitReason(verdict: RemovalVerdict, removal: Removal, wait: RemovalWait, until: number | null): string {
  switch (wait) {
    case 'turn':
      return 'it waits for its turn: no more removals begin within a minute';
    case 'delay':
      return `approved: its kept volumes are destroyed from ${dayOf(until ?? 0)} on; a tombstone that says \`data: retain\` calls that back`;
    case 'approval':
      return removal.kind === 'kept_data'
        ? `its kept volumes are destroyed only after an approval: ${approveCommand(verdict)}`
        : `${overBudget(verdict)}: ${approveCommand(verdict)}`;
  }
}

/** What holds for all that waits for an approval, one sentence; null where nothing does. */
export function approvalSentence(verdict: RemovalVerdict): string | null {
  const asked = verdict.waiting.filter(({ wait }) => wait === 'approval').map(({ removal }) => removal);
  if (asked.length === 0) return null;
  const bots = asked.filter(({ kind }) => kind === 'bot');
  const kept = asked.filter(({ kind }) => kind === 'kept_data');
  const parts = [
    ...(bots.length === 0 ? [] : [`${overBudget(verdict)} (${shortened(bots)})`]),
    ...(kept.length === 0
      ? []
      : [`kept volumes of ${countBots(kept.length)} are to be destroyed (${shortened(kept)})`]),
  ];
  return `Removals wait for an approval: ${parts.join(', and ')}. To let them go: ${approveCommand(verdict)}`;
}

export const approveCommand = ({ commit, hash }: Pick<RemovalVerdict, 'commit' | 'hash'>): string =>
  `\`claworc approve ${commit} ${hash ?? ''}\``;

/** What a person approved is not what waits at `commit` now; `hash` is. */
export function approvalMoved(commit: string, hash: string | null): ClaworcError {
  const now =
    hash === null
      ? `nothing waits for an approval at ${commit.slice(0, 7)}`
      : `${hash} of commit ${commit} waits for an approval`;
  return new ClaworcError('conflict', `What was approved is not what waits: ${now}. Look at it again.`, {
    field: 'hash',
    body: { commit, hash },
  });
}

const overBudget = ({ count, limit }: RemovalVerdict): string =>
  `${countBots(count)} would be removed, more than the ${limit} that one step of main may`;

const countBots = (count: number): string => (count === 1 ? '1 bot' : `${count} bots`);

const dayOf = (ms: number): string =>
  new Date(ms)
    .toISOString()
    .replace(/:\d\d\.\d{3}Z$/, ' UTC')
    .replace('T', ' ');

const TOLD = 5;

function shortened(removals: readonly Removal[]): string {
  const told = removals
    .slice(0, TOLD)
    .map(({ unit }) => unit)
    .join(', ');
  return removals.length > TOLD ? `${told} and ${removals.length - TOLD} more` : told;
}
