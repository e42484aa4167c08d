import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test as base } from 'vitest';
import { parse } from 'yaml';
import { sealedDigest, sealedKeyPath } from '../../../constructs/sealed-secret.ts';
import { createIdentity, recipientOf, type AgeIdentity } from '../../../server/secrets/identity.ts';
import { openKey } from '../../../server/secrets/open-key.ts';
import { rewriteMetadata } from '../../../server/secrets/rewrite-metadata.ts';
import { renderSopsConfig } from '../../../server/secrets/sops-config.ts';
import { ControlPlaneUnavailable } from '../../control-plane/unavailable.ts';
import { findSops } from '../../support/programs.ts';
import { makeIdentity, NOW, seal, temporaryFolder } from './fixtures.ts';

interface SopsRepo {
  readonly folder: string;
  readonly identity: AgeIdentity;
  /** Runs the real sops in the folder with the identity's file; answers what it printed. */
  sops(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
}

const test = base.extend<{ repo: SopsRepo }>({
  repo: async ({ skip }, use) => {
    const program = await findSops(console.error).catch((error: unknown) => {
      if (error instanceof ControlPlaneUnavailable && process.env.CI !== 'true') return skip(error.message);
      throw error;
    });
    await using folder = await temporaryFolder();
    await use(await createRepo(folder.path, program));
  },
});

async function createRepo(folder: string, program: string): Promise<SopsRepo> {
  const keyFile = join(folder, 'age-identity.txt');
  const identity = await createIdentity(keyFile, { clock: { now: () => NOW } });
  const environment = {
    HOME: folder,
    PATH: process.env.PATH ?? '',
    SOPS_AGE_KEY_FILE: keyFile,
    SOPS_DISABLE_VERSION_CHECK: '1',
  };
  await writeFile(join(folder, '.sops.yaml'), renderSopsConfig([recipientOf(identity)]));
  return {
    folder,
    identity,
    read: (path) => readFile(join(folder, path), 'utf8'),
    write: async (path, text) => {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    },
    sops: async (args, env) => {
      const { stdout } = await promisify(execFile)(program, [...args], {
        cwd: folder,
        env: { ...environment, ...env },
      });
      return stdout;
    },
  };
}

interface Secret {
  readonly stringData: Readonly<Record<string, string>>;
}

const place = { scope: 'global', key: 'ANTHROPIC_API_KEY' };
const path = sealedKeyPath(place.scope, place.key);
const value = 'sk-ant-0123456789abcdef';

/** An EDITOR for `sops edit` that replaces one text by another. */
const editorThatReplaces = (from: string, to: string): string => `sed -i s/${from}/${to}/`;

const changedLines = (before: string, after: string): readonly string[] =>
  after
    .split('\n')
    .filter((line) => !before.split('\n').includes(line))
    .map((line) => line.replace(/:.*/, '').trim());

describe('the real sops', () => {
  test('decrypts what we seal, binding included', async ({ repo }) => {
    await repo.write(path, await seal(repo.identity));

    const secret = parse(await repo.sops(['decrypt', path])) as Secret;

    expect(secret).toMatchObject({
      kind: 'Secret',
      metadata: { name: 'claworc-anthropic-api-key', namespace: 'claworc' },
      stringData: { ANTHROPIC_API_KEY: value, 'claworc.binding': 'global/ANTHROPIC_API_KEY' },
    });
    expect(secret).not.toHaveProperty('sops');
  });

  test('decrypts odd values to the same bytes', { timeout: 300_000 }, async ({ repo }) => {
    const odd = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 }).filter((text) => text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(odd, async (text) => {
        await repo.write(path, await seal(repo.identity, { value: text }));
        const printed = await repo.sops(['decrypt', '--extract', '["stringData"]["ANTHROPIC_API_KEY"]', path]);
        expect(printed).toBe(text);
      }),
      { numRuns: 25 },
    );
  });

  test('decrypts with each recipient alone', async ({ repo }) => {
    const other = await makeIdentity();
    await repo.write(
      path,
      await seal(repo.identity, { recipients: [...other.recipients, ...repo.identity.recipients] }),
    );

    expect(await repo.sops(['decrypt', path])).toContain(value);
  });

  test('refuses what we seal once its value was swapped', async ({ repo }) => {
    const other = await seal(repo.identity);
    const line = / {2}ANTHROPIC_API_KEY: .*/;
    await repo.write(path, (await seal(repo.identity)).replace(line, line.exec(other)![0]));

    await expect(repo.sops(['decrypt', path])).rejects.toThrow();
  });

  test('changes only the edited value, the time and the MAC of our file, and we open it', async ({ repo }) => {
    const sealed = await seal(repo.identity);
    await repo.write(path, sealed);

    await repo.sops(['edit', path], { EDITOR: editorThatReplaces(value, 'sk-ant-edited-by-hand') });

    const edited = await repo.read(path);
    expect(changedLines(sealed, edited)).toEqual(['ANTHROPIC_API_KEY', 'lastmodified', 'mac', 'version']);
    expect(await openKey(edited, repo.identity, place)).toEqual({ ok: true, value: 'sk-ant-edited-by-hand' });
  });

  test('rotates our file, and we open it under its new data key', async ({ repo }) => {
    const sealed = await seal(repo.identity);
    await repo.write(path, sealed);

    await repo.sops(['rotate', '--in-place', path]);

    const rotated = await repo.read(path);
    expect(changedLines(sealed, rotated)).toContain('claworc.binding');
    expect(await openKey(rotated, repo.identity, place)).toEqual({ ok: true, value });
  });

  test('adds a recipient and the digest of the value stays', async ({ repo }) => {
    const other = await makeIdentity();
    const sealed = await seal(repo.identity);
    await repo.write(path, sealed);
    await repo.write('.sops.yaml', renderSopsConfig([...repo.identity.recipients, ...other.recipients]));

    await repo.sops(['updatekeys', '--yes', path]);

    const wrapped = await repo.read(path);
    const digest = (text: string): string => sealedDigest((parse(text) as Secret).stringData.ANTHROPIC_API_KEY!);
    expect(digest(wrapped)).toBe(digest(sealed));
    expect(await openKey(wrapped, other, place)).toEqual({ ok: true, value });
  });

  test('still decrypts after the namespace was rewritten', async ({ repo }) => {
    const rewritten = rewriteMetadata(await seal(repo.identity), { namespace: 'bots' });
    await repo.write(path, rewritten.ok ? rewritten.text : '');

    expect(await repo.sops(['decrypt', path])).toContain('namespace: bots');
  });
});

describe('a key sealed by hand with the real sops', () => {
  const clear = (entry: string): string =>
    [
      '# made by hand',
      'apiVersion: v1',
      'kind: Secret',
      'metadata:',
      '  name: claworc-anthropic-api-key',
      '  namespace: claworc',
      '  annotations: {note: "1", "10": "2", "2": "3"}',
      'type: Opaque',
      'stringData:',
      `  ANTHROPIC_API_KEY: ${entry}`,
      '  # whose it is',
      '  claworc.binding: global/ANTHROPIC_API_KEY',
      '',
    ].join('\n');

  test('opens, with .sops.yaml as we render it', async ({ repo }) => {
    await repo.write(path, clear(value));

    await repo.sops(['encrypt', '--in-place', path]);

    const sealed = await repo.read(path);
    expect(sealed).toContain('mac_only_encrypted: true');
    expect(sealed).toContain('\n  ANTHROPIC_API_KEY: ENC[');
    expect(await openKey(sealed, repo.identity, place)).toEqual({ ok: true, value });
  });

  test('opens with a MAC over clear text too, and then a changed name is noticed', async ({ repo }) => {
    await repo.write('.sops.yaml', renderSopsConfig(repo.identity.recipients).replace(/.*mac_only_encrypted.*\n/, ''));
    await repo.write(path, clear(value));

    await repo.sops(['encrypt', '--in-place', path]);

    const sealed = await repo.read(path);
    expect(sealed).not.toContain('mac_only_encrypted');
    expect(await openKey(sealed, repo.identity, place)).toEqual({ ok: true, value });
    const renamed = sealed.replace('name: claworc-anthropic-api-key', 'name: claworc-openai-api-key');
    expect(await openKey(renamed, repo.identity, place)).toMatchObject({ ok: false, code: 'tampered' });
  });

  test.for([
    ['a number', '12345', 'unsupported'],
    ['a truth value', 'true', 'unsupported'],
    ['nothing', '""', 'not_encrypted'],
  ] as const)('is refused when its value is %s', async ([, entry, code], { repo }) => {
    await repo.write(path, clear(entry));

    await repo.sops(['encrypt', '--in-place', path]);

    expect(await openKey(await repo.read(path), repo.identity, place)).toMatchObject({ ok: false, code });
  });
});
