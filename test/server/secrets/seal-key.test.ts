import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { sealedDigest } from '../../../constructs/sealed-secret.ts';
import { openKey } from '../../../server/secrets/open-key.ts';
import { makeIdentity, seal } from './fixtures.ts';

const identity = await makeIdentity();
const place = { scope: 'global', key: 'ANTHROPIC_API_KEY' };

test('a sealed key is a Kubernetes Secret with two encrypted entries and the sops block of SOPS 3.13', async () => {
  const text = await seal(identity, { scope: 'bot-alpha', key: 'OPENAI_API_KEY' });

  const file = parse(text) as Record<string, Record<string, unknown>>;
  expect(Object.keys(file)).toEqual(['apiVersion', 'kind', 'metadata', 'type', 'stringData', 'sops']);
  expect(file.metadata).toMatchObject({
    name: 'bot-alpha-openai-api-key',
    namespace: 'claworc',
    labels: { app: 'bot-alpha', 'managed-by': 'claworc', 'app.kubernetes.io/instance': 'bot-alpha' },
  });
  expect(file.metadata?.annotations).toEqual({
    'claworc.dev/sealed-digest': sealedDigest(String(file.stringData?.OPENAI_API_KEY)),
  });
  expect(Object.keys(file.stringData!)).toEqual(['OPENAI_API_KEY', 'claworc.binding']);
  expect(Object.keys(file.sops!)).toEqual([
    'age',
    'encrypted_regex',
    'lastmodified',
    'mac',
    'mac_only_encrypted',
    'version',
  ]);
  expect(text).toContain('lastmodified: "2026-11-22T10:20:30Z"');
  expect(text).toMatch(/^ {4}- enc: \|\n {8}-----BEGIN AGE ENCRYPTED FILE-----\n/m);
  expect(text).not.toMatch(/^.*[ \t]$/m);
});

test('what is sealed opens again, whatever the text', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }),
    fc.constantFrom('true', '123', '1e5', '~', '- a', '{}', '#x', "'", '"', ' ', 'ENC[x]', '${ANTHROPIC_API_KEY}'),
  );
  await fc.assert(
    fc.asyncProperty(
      text.filter((value) => value.isWellFormed() && !value.includes('\0')),
      async (value) => {
        expect(await openKey(await seal(identity, { value }), identity, place)).toEqual({ ok: true, value });
      },
    ),
    { numRuns: 40 },
  );
});

test('the same value sealed twice shares no encrypted text', async () => {
  const encrypted = (text: string): string[] => text.match(/ENC\[[^\]]*\]/g) ?? [];
  const first = encrypted(await seal(identity));

  const second = encrypted(await seal(identity));

  expect(first).toHaveLength(3);
  expect(second.filter((value) => first.includes(value))).toEqual([]);
});

test('each of several recipients opens it and nobody else', async () => {
  const other = await makeIdentity();
  const stranger = await makeIdentity();
  const recipients = [...identity.recipients, ...other.recipients, ...identity.recipients];

  const text = await seal(identity, { recipients });

  expect(text.match(/recipient:/g)).toHaveLength(2);
  expect(await openKey(text, identity, place)).toMatchObject({ ok: true });
  expect(await openKey(text, other, place)).toMatchObject({ ok: true });
  expect(await openKey(text, stranger, place)).toMatchObject({ ok: false, code: 'no_identity' });
});

test.each([
  ['no recipients', { recipients: [] }, /no recipients/],
  ['something else than a recipient', { recipients: ['age1nonsense'] }, /"age1nonsense" is not an age recipient/],
  ['an empty value', { value: '' }, /is empty/],
  ['half a character', { value: 'sk-\ud83d' }, /half of a Unicode character/],
  ['a name that is no variable', { key: 'a.b' }, /named like an environment variable/],
])('sealing for %s is refused', async (_, changes, message) => {
  await expect(seal(identity, changes)).rejects.toThrow(message);
});

test('32 KiB can be sealed, for two recipients', async () => {
  const other = await makeIdentity();
  const value = 'x'.repeat(32 * 1024);

  const text = await seal(identity, { value, recipients: [...identity.recipients, ...other.recipients] });

  expect(await openKey(text, other, place)).toEqual({ ok: true, value });
});
