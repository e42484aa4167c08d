import { describe, expect, test } from 'vitest';
import { openKey } from '../../../server/secrets/open-key.ts';
import { macOf } from '../../../server/secrets/sops-mac.ts';
import { makeIdentity, seal } from './fixtures.ts';

const identity = await makeIdentity();
const place = { scope: 'global', key: 'ANTHROPIC_API_KEY' };
const sealed = await seal(identity);

/** Swaps the first two base64 digits, so that the text stays well formed. */
function damage(text: string, part: RegExp): string {
  return text.replace(part, (match, before: string, a: string, b: string) => {
    // Two random characters are equal once in 64 files; then one of them becomes another.
    const swapped = a === b ? `${a === 'A' ? 'B' : 'A'}${b}` : `${b}${a}`;
    return `${before}${swapped}${match.slice(before.length + 2)}`;
  });
}

describe('a file that was moved or copied', () => {
  test.each([
    ['to another scope', { scope: 'bot-alpha', key: 'ANTHROPIC_API_KEY' }],
    ['to another scope that ends alike', { scope: 'global2', key: 'ANTHROPIC_API_KEY' }],
  ])('%s is refused by its binding', async (_, elsewhere) => {
    expect(await openKey(sealed, identity, elsewhere)).toMatchObject({ ok: false, code: 'wrong_binding' });
  });

  test('and whose entry was renamed is refused, since the name is part of the encryption', async () => {
    const renamed = sealed.replace('  ANTHROPIC_API_KEY:', '  OPENAI_API_KEY:');

    const opened = await openKey(renamed, identity, { scope: 'global', key: 'OPENAI_API_KEY' });

    expect(opened).toMatchObject({ ok: false, code: 'tampered' });
  });

  test('with the value of another file is refused', async () => {
    const other = await seal(identity, { scope: 'bot-alpha' });
    const value = /ANTHROPIC_API_KEY: .*/;

    const mixed = sealed.replace(value, value.exec(other)![0]);

    expect(await openKey(mixed, identity, place)).toMatchObject({ ok: false, code: 'tampered' });
  });
});

describe('a changed file', () => {
  test.each([
    ['the encrypted value', /(ANTHROPIC_API_KEY: ENC\[AES256_GCM,data:)(.)(.)/],
    ['its nonce', /(ANTHROPIC_API_KEY: .*,iv:)(.)(.)/],
    ['its tag', /(ANTHROPIC_API_KEY: .*,tag:)(.)(.)/],
    ['the MAC', /(mac: ENC\[AES256_GCM,data:)(.)(.)/],
    ['the time that the MAC is bound to', /(lastmodified: "202)(6)(-)/],
  ])('%s is refused', async (_, part) => {
    expect(await openKey(damage(sealed, part), identity, place)).toMatchObject({ ok: false, code: 'tampered' });
  });

  test('with a MAC of another file under the same key is refused', async () => {
    const withoutOnlyEncrypted = sealed.replace('  mac_only_encrypted: true\n', '');

    expect(await openKey(withoutOnlyEncrypted, identity, place)).toMatchObject({ ok: false, code: 'tampered' });
  });

  test('whose wrapped data key is damaged opens for nobody', async () => {
    const broken = damage(sealed, /(-----BEGIN AGE ENCRYPTED FILE-----\n {8}.*\n {8})(.)(.)/);

    expect(await openKey(broken, identity, place)).toMatchObject({ ok: false, code: 'no_identity' });
  });

  test('with another namespace still opens: metadata is not sealed, whoever applies it compares it', async () => {
    const moved = sealed.replace('namespace: claworc', 'namespace: elsewhere');

    expect(await openKey(moved, identity, place)).toMatchObject({ ok: true });
  });
});

describe('a file that is not a sealed key', () => {
  const clear = 'apiVersion: v1\nkind: Secret\nstringData:\n  ANTHROPIC_API_KEY: sk-canary\n';
  const entries = /stringData:\n.*\n.*\n/;
  test.each([
    ['clear text', clear, 'not_encrypted'],
    [
      'a clear value beside a sops block',
      sealed.replace(/ANTHROPIC_API_KEY: .*/, 'ANTHROPIC_API_KEY: sk-canary'),
      'not_encrypted',
    ],
    ['an empty value', sealed.replace(/ANTHROPIC_API_KEY: .*/, 'ANTHROPIC_API_KEY: ""'), 'not_encrypted'],
    [
      'a clear binding',
      sealed.replace(/claworc.binding: .*/, 'claworc.binding: global/ANTHROPIC_API_KEY'),
      'not_encrypted',
    ],
    ['a further entry', sealed.replace('stringData:\n', 'stringData:\n  MORE: sk-canary\n'), 'not_a_sealed_key'],
    [
      'a further object beside stringData',
      sealed.replace('stringData:\n', 'data:\n  X: sk-canary\nstringData:\n'),
      'not_a_sealed_key',
    ],
    ['no binding', sealed.replace(/ {2}claworc.binding: .*\n/, ''), 'not_a_sealed_key'],
    ['no entries', sealed.replace(entries, ''), 'not_a_sealed_key'],
    ['a ConfigMap', sealed.replace('kind: Secret', 'kind: ConfigMap'), 'not_a_sealed_key'],
    ['a list of entries', sealed.replace(entries, 'stringData: [sk-canary, sk-canary]\n'), 'not_a_sealed_key'],
    ['a label that SOPS would take for an entry', sealed.replace('    app:', '    data:'), 'unsupported'],
    ['another rule of encryption', sealed.replace('^(data|stringData)$', '^(a+)+$'), 'unsupported'],
    ['a second rule of encryption', `${sealed}  unencrypted_suffix: _x\n`, 'unsupported'],
    ['key groups', `${sealed}  shamir_threshold: 2\n`, 'unsupported'],
    ['no MAC', sealed.replace(/ {2}mac: .*\n/, ''), 'not_a_sealed_key'],
    ['an alias', sealed.replace('type: Opaque', 'type: &a Opaque\nx: *a'), 'unsupported'],
    ['a tag', sealed.replace('type: Opaque', 'type: !!str Opaque'), 'unsupported'],
    ['two documents', `${sealed}---\n${sealed}`, 'not_yaml'],
    ['a doubled key', `${sealed}kind: Secret\n`, 'unsupported'],
    [
      'thousands of keys',
      `${sealed}${Array.from({ length: 9_000 }, (_, at) => `k${at}: 1\n`).join('')}`.slice(0, 60_000),
      'too_large',
    ],
    ['no YAML', 'sk-canary: [', 'not_yaml'],
    ['deep nesting', '['.repeat(7_000), 'not_yaml'],
    ['nesting beyond all', '['.repeat(60_000), 'too_large'],
    ['a scalar', 'sk-canary', 'not_a_sealed_key'],
    ['nothing', '', 'not_a_sealed_key'],
    ['more than 64 KiB', `${sealed}# ${'x'.repeat(65_536)}`, 'too_large'],
  ])('but %s is refused, and what it holds is not repeated', async (_, text, code) => {
    const opened = await openKey(text, identity, place);

    expect(opened).toMatchObject({ ok: false, code });
    expect(JSON.stringify(opened)).not.toMatch(/sk-canary|ENC\[/);
  });
});

test('comments and line ends of another editor change nothing', async () => {
  const edited = `# our key\n${sealed.replace('stringData:', '# below: sealed\nstringData:').replaceAll('\n', '\r\n')}`;

  expect(await openKey(edited, identity, place)).toMatchObject({ ok: true });
});

test('a MAC over encrypted leaves alone differs from one over all', () => {
  expect(macOf(['a'], true)).not.toBe(macOf(['a'], false));
  expect(macOf([], false)).toMatch(/^CF83E1357EEFB8BD/);
});
