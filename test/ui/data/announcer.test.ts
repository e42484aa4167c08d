import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Announcer } from '../../../ui/src/data/announcer.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('at most one message in 5 s, and none is lost', () => {
  const announcer = new Announcer(() => Date.now());
  const said: string[] = [];
  announcer.addEventListener('change', () => said.push(announcer.message));

  announcer.say('Bot Alpha is now running');
  announcer.say('Bot Beta is now running');
  announcer.say('Bot Gamma is now stopped');
  expect(said).toEqual(['Bot Alpha is now running']);

  vi.advanceTimersByTime(4_999);
  expect(said).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(said[1]).toBe('Bot Beta is now running. Bot Gamma is now stopped');
});
