import { randomUUID } from 'node:crypto';
import { mergeProposal } from '../../../../server/services/proposals/merge.ts';
import { closeProposal, reopenProposal } from '../../../../server/services/proposals/close.ts';
import { openProposal } from '../../../../server/services/proposals/open.ts';
import { listEditsOf } from '../../../../server/store/outbox.ts';
import { getProposal, type ProposalRow } from '../../../../server/store/proposals.ts';
import { atForge } from './forge-beside.ts';
import { edit, recordOf, until, type Step, type World } from './world.ts';

const rowOf = ({ context: { store } }: World, number: number): ProposalRow | undefined =>
  getProposal(store.reader, number);

/** The same as `until`, with the forge asked meanwhile. */
async function untilTold(world: World, isSo: () => boolean): Promise<void> {
  const asking = setInterval(() => world.context.forge?.wake(), 300);
  await until(world, isSo).finally(() => clearInterval(asking));
}

/** Opens a proposal; gives its number, and that of its pull request once there is an edit on its branch. */
async function propose(world: World, title: string): Promise<{ readonly number: number; readonly pull: number }> {
  const { number } = await openProposal(world.context, { title: `${title} ${randomUUID()}` });
  await edit(world, 'bot-a', { proposal: number });
  await untilTold(world, () => rowOf(world, number)?.forge !== null);
  return { number, pull: rowOf(world, number)?.forge?.number ?? 0 };
}

/** Merged, and its branch taken away, which is done in the same turn. */
async function untilMerged(world: World, number: number): Promise<void> {
  await untilTold(world, () => rowOf(world, number)?.state === 'merged');
  await world.context.publisher.inTurn(() => Promise.resolve());
}

/** Where proposals are pull requests. */
export const FORGE_STEPS = {
  mergeAtForge: {
    modes: ['forge'],
    run: async (world) => {
      const { number } = await propose(world, 'Merge');
      await edit(world, 'bot-b', { proposal: number });
      await mergeProposal(world.context, number);
      await untilMerged(world, number);
      await edit(world, 'bot-b');
    },
  },
  mergedThere: {
    modes: ['forge'],
    run: async (world) => {
      const { number, pull } = await propose(world, 'Merged by a person');
      await atForge(world.places, 'PUT', `${pull}/merge`, { merge_method: 'merge', sha: rowOf(world, number)?.head });
      await untilMerged(world, number);
    },
  },
  squashedThere: {
    modes: ['forge'],
    run: async (world) => {
      const { number } = await openProposal(world.context, { title: `Squash ${randomUUID()}` });
      const base = recordOf(world, 'bot-b');
      await edit(world, 'bot-b', { base, proposal: number, spec: { displayName: randomUUID() } });
      await untilTold(world, () => rowOf(world, number)?.forge !== null);
      const [squashed] = listEditsOf(world.context.store.reader, number);
      const { head, forge, branch = '' } = rowOf(world, number) ?? {};
      world.say({ kind: 'squashes', branch, edit: squashed?.id ?? '' });
      await atForge(world.places, 'PUT', `${forge?.number}/merge`, {
        merge_method: 'squash',
        sha: head,
        commit_title: 'Squashed',
        commit_message: '',
      });
      await untilMerged(world, number);
    },
  },
  closeAtForge: {
    modes: ['forge'],
    run: async (world) => {
      const { context, places } = world;
      const { number, pull } = await propose(world, 'Close');
      await closeProposal(context, number, 'keep');
      await reopenProposal(context, number);
      await atForge(places, 'PATCH', `${pull}`, { state: 'closed' });
      await untilTold(world, () => rowOf(world, number)?.state === 'closed');
      await atForge(places, 'PATCH', `${pull}`, { state: 'open' });
      await untilTold(world, () => rowOf(world, number)?.state === 'open');
      await closeProposal(context, number, 'discard');
    },
  },
} as const satisfies Record<string, Step>;
