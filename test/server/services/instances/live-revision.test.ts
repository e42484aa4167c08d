import { describe, expect, it } from 'vitest';
import { liveRevisionOf } from '../../../../server/services/instances/live-revision.ts';

const connected = { state: 'connected' } as const;

describe('the commit that the cluster runs', () => {
  it('is the revision where it was applied, also while main moved on with other bots', () => {
    expect(liveRevisionOf('new', { sync: 'applied', commit: 'head' }, true, connected)).toBe('new');
  });

  it('is the commit before while the newest one is on its way', () => {
    expect(liveRevisionOf('new', { sync: 'applied', commit: 'old' }, false, connected)).toBe('old');
  });

  it.each(['failed', 'drifted', 'published'] as const)('is not said of a bot that is %s', (sync) => {
    expect(liveRevisionOf('new', { sync, commit: 'new' }, true, connected)).toBeNull();
  });

  it.each(['unreachable', 'none', 'offered'] as const)('is not said while the cluster is %s', (state) => {
    expect(liveRevisionOf('new', { sync: 'applied', commit: 'new' }, true, { state })).toBeNull();
  });

  it('is not said of a bot that the cluster has not been seen with', () => {
    expect(liveRevisionOf('new', undefined, false, connected)).toBeNull();
  });
});
