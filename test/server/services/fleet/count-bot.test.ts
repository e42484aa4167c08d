import { expect, it } from 'vitest';
import { countBot, countBots } from '../../../../server/services/fleet/count-bot.ts';

const commit = 'c'.repeat(40);
const calm = { sync: 'applied', revision: commit, live_revision: commit } as const;

it('counts a bot with an open proposal as applied (the fleet once was never all applied while one was open)', () => {
  const proposed = { ...calm, sync: 'proposed' } as const;
  expect(countBots([calm, proposed])).toEqual({ applied: 2, total: 2 });
  expect(countBot({ ...proposed, live_revision: 'd'.repeat(40) })).toEqual({ applied: 0, total: 1 });
  expect(countBot({ ...proposed, live_revision: null })).toEqual({ applied: 0, total: 1 });
});

it('counts no bot that is only proposed', () => {
  expect(countBot({ sync: 'proposed', revision: null, live_revision: null })).toEqual({ applied: 0, total: 0 });
});

it('counts a bot that is on its way, or differs, as not applied', () => {
  const others = (['draft', 'published', 'drifted', 'failed'] as const).map((sync) => ({ ...calm, sync }));
  expect(countBots(others)).toEqual({ applied: 0, total: 4 });
});
