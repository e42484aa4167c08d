import { expect, test, vi } from 'vitest';
import type { Proposal } from '../../../server/http/schemas/proposals.ts';
import { FleetStore } from '../../../ui/src/data/stream/fleet-store.ts';
import { OpenProposals } from '../../../ui/src/data/open-proposals.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { fleetState } from '../instances.ts';

const proposal = (number: number, of: Partial<Proposal>): Proposal => ({
  ...{ number, title: `Number ${number}`, description: '', branch: `p/${number}`, state: 'open', head: 'a', base: 'b' },
  ...{ behind: 0, author: 'Ada', opened_at: '2026-11-19T14:31:40Z', closed_at: null, merged_as: null },
  ...{ bots: [], creates: [], removes: [], edits: [], conflicts: [], checks: [], reviews: [] },
  ...{ may_merge: true, waits_for: '', forge: null },
  ...of,
});

test('open proposals are read when there are some, and tell of each bot what is wanted of it', async () => {
  const store = new FleetStore();
  let all: readonly Proposal[] = [];
  let reads = 0;
  const open = new OpenProposals(store, () => {
    reads += 1;
    return Promise.resolve(all);
  });
  store.take('fleet', fleetState());
  expect([reads, open.of('bot-a')]).toEqual([0, []]);

  all = [
    proposal(3, { bots: ['bot-a', 'bot-b', 'bot-c'], creates: ['bot-b'], removes: ['bot-c'] }),
    proposal(2, { bots: ['bot-a'] }),
    proposal(1, { bots: ['bot-a'], state: 'merged' }),
  ];
  store.take('fleet', fleetState({ proposals: 2 }));
  await vi.waitFor(() => expect(open.of('bot-a')).toHaveLength(2), { timeout: PATIENCE_MS });

  expect(open.of('bot-a').map(({ number, act }) => [number, act])).toEqual([
    [3, 'change'],
    [2, 'change'],
  ]);
  expect([open.of('bot-b')[0]?.act, open.of('bot-c')[0]?.act]).toEqual(['create', 'remove']);
  const known = open.byBot;
  store.take('proposal', { number: 3 });
  await vi.waitFor(() => expect(reads).toBe(2), { timeout: PATIENCE_MS });
  expect(open.byBot).toBe(known);

  store.take('fleet', fleetState({ proposals: 0 }));
  await vi.waitFor(() => expect(open.of('bot-a')).toEqual([]), { timeout: PATIENCE_MS });
  expect(reads).toBe(2);
});
