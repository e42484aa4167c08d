import { describe, expect, test } from 'vitest';
import {
  ageOf,
  corePair,
  coresOf,
  count,
  imageTail,
  sizeOf,
  sizePair,
  subjectOf,
  totalSize,
  whenOf,
} from '../../../../ui/src/data/words/format.ts';

const now = Date.parse('2026-11-19T14:32:18Z');

describe('times', () => {
  test.each([
    ['2026-11-19T14:31:40Z', '38 s'],
    ['2026-11-19T14:19:00Z', '13 min'],
    ['2026-11-19T11:00:00Z', '3 h'],
    ['2026-07-02T09:00:00Z', '140 d'],
    ['2025-07-02T09:00:00Z', '2 Jul 2025'],
    ['2026-11-19T14:33:00Z', '0 s'],
  ])('%s is %s old', (iso, age) => expect(ageOf(iso, now)).toBe(age));

  test('a sentence says the clock time of today, yesterday, or how long ago', () => {
    expect(whenOf('2026-11-19T14:31:40Z', now)).toBe('14:31:40');
    expect(whenOf('2026-11-18T23:59:00Z', now)).toBe('yesterday');
    expect(whenOf('2026-11-10T10:00:00Z', now)).toBe('9 d ago');
  });
});

describe('quantities', () => {
  test.each([
    ['500m', '0.5'],
    ['2000m', '2'],
    ['0.25', '0.25'],
    ['4', '4'],
    ['lots', 'lots'],
  ])('%s are %s cores', (quantity, cores) => expect(coresOf(quantity)).toBe(cores));

  test.each([
    ['4Gi', '4 GiB'],
    ['512Mi', '512 MiB'],
    ['1536Mi', '1.5 GiB'],
    ['1G', '953.67 MiB'],
  ])('%s is %s', (quantity, size) => expect(sizeOf(quantity)).toBe(size));

  test('request and limit share a unit where that is exact', () => {
    expect(sizePair('1Gi', '4Gi')).toBe('1 / 4 GiB');
    expect(sizePair('512Mi', '1Gi')).toBe('0.5 / 1 GiB');
    expect(sizePair('300Mi', '1Gi')).toBe('300 MiB / 1 GiB');
    expect(corePair('500m', '2000m')).toBe('0.5 / 2');
  });

  test('sizes are summed up, unless one is no size', () => {
    expect(totalSize(['5Gi', '10Gi', '5Gi', '5Gi'])).toBe('25 GiB');
    expect(totalSize(['5Gi', 'much'])).toBeUndefined();
  });
});

test('a bot is called by its display name in the subject of a commit', () => {
  const bot = { name: 'bot-alpha', display_name: 'Bot Alpha' };
  expect(subjectOf('Stop bot-alpha\n\nClaworc-Edit: 1', bot)).toBe('Stop Bot Alpha');
  expect(subjectOf('Stop bot-alpha-two', bot)).toBe('Stop bot-alpha-two');
});

test('counts and images are said shortly', () => {
  expect([count(1, 'bot'), count(3, 'bot'), count(0, 'bot')]).toEqual(['1 bot', '3 bots', '0 bots']);
  expect(imageTail('registry.example:32001/optimalux/moltbot:latest')).toBe('moltbot:latest');
});
