import { expect, test } from 'vitest';
import { CLOSE_CODES, type ScreenEndName } from '../../../server/http/schemas/close-codes.ts';
import { screenEnd } from '../../../server/vnc/screen-end.ts';

test('every end has its own code that a WebSocket may close with, and a reason in at most 100 bytes', () => {
  const ends = (Object.keys(CLOSE_CODES) as ScreenEndName[]).map((name) => screenEnd(name));

  expect(new Set(ends.map(({ code }) => code)).size).toBe(ends.length);
  for (const { code, reason } of ends) {
    expect([1000, 1001, 1003, 1011].includes(code) || (code >= 4400 && code < 4600)).toBe(true);
    expect(reason).toMatch(/\.$/);
    expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(100);
  }
});

test('a long detail is cut at a character', () => {
  const { reason } = screenEnd('refused', '😀'.repeat(50));

  expect(Buffer.byteLength(reason)).toBeLessThanOrEqual(100);
  expect(reason).toBe(`${'😀'.repeat(24)}…`);
});
