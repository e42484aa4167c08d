import { expect, test } from 'vitest';
import { CLOSE_CODES } from '../../../../server/http/schemas/close-codes.ts';
import { CLOSE_VERDICTS, closeVerdict } from '../../../../ui/src/data/stream/close-policy.ts';
import { retryDelay } from '../../../../ui/src/data/stream/retry.ts';

test('every code that the server sends has its words on the page, and no other has', () => {
  const sent = Object.values(CLOSE_CODES).map(({ code }) => code);
  expect(Object.keys(CLOSE_VERDICTS).map(Number).sort()).toEqual([...sent, 1006].sort());
});

test('the screen comes back by itself where waiting helps, and only there', () => {
  const again = Object.keys(CLOSE_VERDICTS)
    .map(Number)
    .filter((code) => closeVerdict(code, '').then === 'again');
  expect(again).toEqual([1001, 1006, 1011, 4401, 4502, 4504]);
});

test('the reason of the server is shown instead of ours; an unknown code is tried again', () => {
  expect(closeVerdict(4404, 'The bot is stopped.').reason).toBe('The bot is stopped.');
  expect(closeVerdict(3999, '')).toMatchObject({ then: 'again', reason: 'It closed with code 3999.' });
});

test('tries are 0.5, 1, 2, 4 and then 8 s apart, with a fifth of jitter', () => {
  expect([0, 1, 2, 3, 4, 9].map((attempt) => retryDelay(attempt, () => 0.5))).toEqual([
    500, 1_000, 2_000, 4_000, 8_000, 8_000,
  ]);
  expect([retryDelay(1, () => 0), retryDelay(1, () => 1)]).toEqual([800, 1_200]);
});
