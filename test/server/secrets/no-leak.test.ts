import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { openKey } from '../../../server/secrets/open-key.ts';
import { makeIdentity, seal } from './fixtures.ts';

const CANARY = 'sk-canary-7f3e1d9b-do-not-show';
const encodings = ['utf8', 'base64', 'base64url', 'hex'] as const;

function expectNoCanary(text: string): void {
  for (const encoding of encodings) {
    // Three bytes in, and cut to whole groups, base64 looks the same wherever the value lies.
    for (const offset of [0, 1, 2]) {
      expect(text).not.toContain(
        Buffer.from(CANARY)
          .subarray(offset, offset + 18)
          .toString(encoding),
      );
    }
  }
}

test('a sealed file holds no trace of its value', async () => {
  expectNoCanary(await seal(await makeIdentity(), { value: CANARY }));
});

test('an error of sealing does not hold the value, however it is printed', async () => {
  const identity = await makeIdentity();
  const broken = [
    { value: `${CANARY}\ud83d` },
    { value: CANARY, recipients: [] },
    { value: CANARY, recipients: ['age1x'] },
    { value: CANARY, key: 'bad key' },
    { value: CANARY.repeat(3000) },
  ];
  for (const changes of broken) {
    const error = await seal(identity, changes).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Error);
    expectNoCanary(inspect(error, { depth: 9, showHidden: true }));
  }
});

test('a refusal to open does not hold the value, the encrypted text or the identity', async () => {
  const identity = await makeIdentity();
  const sealed = await seal(identity, { value: CANARY, scope: 'bot-alpha' });
  const refusals = await Promise.all([
    openKey(sealed, identity, { scope: 'bot-omega', key: 'ANTHROPIC_API_KEY' }),
    openKey(sealed, identity, { scope: 'bot-alpha', key: 'OPENAI_API_KEY' }),
    openKey(sealed, await makeIdentity(), { scope: 'bot-alpha', key: 'ANTHROPIC_API_KEY' }),
    openKey(sealed.replace(/mac: ENC/, 'mac: enc'), identity, { scope: 'bot-alpha', key: 'ANTHROPIC_API_KEY' }),
  ]);
  for (const refusal of refusals) {
    expect(refusal.ok).toBe(false);
    const shown = inspect(refusal, { depth: 9, showHidden: true });
    expectNoCanary(shown);
    expect(shown).not.toMatch(/ENC\[|AGE-SECRET-KEY/);
  }
});
