import { expect, test } from 'vitest';
import { openKey } from '../../../server/secrets/open-key.ts';
import { rewriteMetadata } from '../../../server/secrets/rewrite-metadata.ts';
import { makeIdentity, seal } from './fixtures.ts';

const identity = await makeIdentity();
const sealed = await seal(identity);

test('only the namespace changes, comments and encrypted lines stay as they are, and it still opens', async () => {
  const commented = sealed
    .replace('metadata:', '# kept\nmetadata:')
    .replace('namespace: claworc', 'namespace: claworc # ours');

  const rewritten = rewriteMetadata(commented, { namespace: 'bots' });

  expect(rewritten).toEqual({ ok: true, text: commented.replace('namespace: claworc', 'namespace: bots') });
  if (!rewritten.ok) return;
  const opened = await openKey(rewritten.text, identity, { scope: 'global', key: 'ANTHROPIC_API_KEY' });
  expect(opened).toMatchObject({ ok: true });
});

test('it is what sealing for that namespace would have written', async () => {
  const there = await seal(identity, { namespace: 'bots' });
  const encryptedParts = /ENC\[.*\]|^ {8}.*$|(?<=sealed-digest: ).*$/gm;

  const rewritten = rewriteMetadata(sealed, { namespace: 'bots' });

  expect(rewritten.ok && rewritten.text.replaceAll(encryptedParts, '')).toBe(there.replaceAll(encryptedParts, ''));
});

test.each(['123', 'no', '1e5', 'true'])('a namespace named %s stays text', (namespace) => {
  const rewritten = rewriteMetadata(sealed, { namespace });

  expect(rewritten.ok && rewritten.text).toContain(`  namespace: "${namespace}"
`);
});

test('a file whose MAC covers its metadata, or that is not sealed, is refused', () => {
  const wholeMac = sealed.replace('  mac_only_encrypted: true\n', '');

  expect(rewriteMetadata(wholeMac, { namespace: 'bots' })).toMatchObject({ ok: false, code: 'unsupported' });
  expect(rewriteMetadata('kind: Secret\n', { namespace: 'bots' })).toMatchObject({ ok: false, code: 'not_encrypted' });
});
