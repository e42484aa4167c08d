import { ClaworcError } from '../../lib/errors.ts';
import type { PendingRemoval, PendingRemovals } from '../../reconcile/plan/removals/pending.ts';
import { approveOnce } from '../../services/commands/one-shot.ts';
import type { Invocation } from '../invocation.ts';
import { EXIT, type ExitCode } from '../io.ts';
import { settle, type ClusterCommandOptions } from './apply.ts';

/** `claworc approve`: tells what waits; with commit and hash, which nobody has who wasn't told, it is approved. */
export async function approve(
  options: ClusterCommandOptions,
  invocation: Invocation,
  [named, hash]: readonly string[],
): Promise<ExitCode> {
  if (named !== undefined && (hash === undefined || !/^[0-9a-f]{7,64}$/.test(named))) {
    throw new ClaworcError(
      'usage',
      'An approval names a commit and a hash: `claworc approve` without either tells both.',
    );
  }
  const asked = named === undefined || hash === undefined ? undefined : { commit: named, hash };
  const { pending, isApproved, commit } = await approveOnce(settle(options, invocation), asked);
  const isWaiting = pending !== null && pending.hash !== null;
  invocation.io.out(
    options.json
      ? JSON.stringify({ commit, approved: isApproved, removals: pending }, null, 2)
      : formatPending(commit, pending, isApproved),
  );
  return isWaiting && !isApproved ? EXIT.differences : EXIT.ok;
}

function formatPending(commit: string, pending: PendingRemovals | null, isApproved: boolean): string {
  const asked = pending?.removals.filter(({ wait }) => wait === 'approval') ?? [];
  if (pending === null || asked.length === 0) return `Nothing waits for an approval at ${commit.slice(0, 7)}.`;
  const { count, limit, hash } = pending;
  const lines = [
    `${commit.slice(0, 7)} would remove ${count === 1 ? '1 bot' : `${count} bots`}, and one step of main may remove ${limit}:`,
    ...asked.map((removal) => `  - ${removal.unit.padEnd(24)} ${fateOf(removal)}`),
    '',
    isApproved
      ? 'Approved: the reconciler, or `claworc apply`, removes them.'
      : `To approve: claworc approve ${commit} ${hash ?? ''}`,
  ];
  return lines.join('\n');
}

const fateOf = ({ kind, data }: PendingRemoval): string =>
  kind === 'kept_data'
    ? 'is gone; its kept volumes are DESTROYED after a delay'
    : data === 'destroy'
      ? 'its volumes are DESTROYED with it'
      : 'its volumes are kept';
