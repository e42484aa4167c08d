import { expect, it } from 'vitest';
import { limitOf } from '../../../server/forge/rate-limit.ts';

const NOW = Date.UTC(2026, 10, 19, 14, 30, 0);
const USED_UP = { 'x-ratelimit-remaining': '0' };
const IN_A_MINUTE = { until: new Date(NOW + 60_000), isTold: false };
const at = (seconds: number) => ({ until: new Date(NOW + seconds * 1_000), isTold: true });

it.each([
  ['a 403 with nothing left and no time', 403, USED_UP, IN_A_MINUTE],
  ['one whose reset is no number', 403, { ...USED_UP, 'x-ratelimit-reset': 'soon' }, IN_A_MINUTE],
  ['one whose reset is in thousands of years', 403, { ...USED_UP, 'x-ratelimit-reset': '999999999999' }, IN_A_MINUTE],
  ['one whose reset is too long for a date', 403, { ...USED_UP, 'x-ratelimit-reset': '9'.repeat(60) }, IN_A_MINUTE],
  ['one whose reset is over', 403, { ...USED_UP, 'x-ratelimit-reset': String(NOW / 1_000 - 3_600) }, IN_A_MINUTE],
  ['one whose reset is in milliseconds', 403, { ...USED_UP, 'x-ratelimit-reset': String(NOW + 40_000) }, at(40)],
  ['one whose reset is in seconds from now', 403, { 'ratelimit-remaining': '0', 'ratelimit-reset': '40' }, at(40)],
  ['a 429 without a header', 429, {}, IN_A_MINUTE],
  ['one that asks for a wait of centuries', 429, { 'retry-after': '99999999999' }, IN_A_MINUTE],
  ['one that names a date', 429, { 'retry-after': 'Thu, 19 Nov 2026 14:31:10 GMT' }, at(70)],
  ['one that asks for half a second', 429, { 'retry-after': '0.5' }, at(0.5)],
  ['one that asks for words', 429, { 'retry-after': 'a while' }, IN_A_MINUTE],
  ['one with requests left, whose reset is another limit’s', 429, { 'x-ratelimit-reset': '9999999999' }, IN_A_MINUTE],
])('%s is a rate limit', (_name, status, headers, limit) => {
  expect(limitOf({ status, headers, words: '' }, NOW)).toEqual(limit);
});

it('a refusal by rights, with requests left, is none', () => {
  const headers = { 'x-ratelimit-remaining': '4999', 'x-ratelimit-reset': String(NOW / 1_000 + 40) };

  expect(limitOf({ status: 403, headers, words: 'Resource not accessible by integration' }, NOW)).toBeNull();
  expect(limitOf({ status: 404, headers: USED_UP, words: '' }, NOW)).toBeNull();
});
