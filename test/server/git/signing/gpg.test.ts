import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openRepository } from '../../../../server/git/repository.ts';
import { createSigner } from '../../../../server/git/signing/open-signer.ts';
import { silentLog } from '../../../../server/lib/log.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { put } from '../fixture.ts';
import { fleetSignedBy, freeFleet, signing } from './fixture.ts';

const ALPHA = 'instances/bot-alpha.yaml';

/** A gpg home with one key, made by gpg itself. */
function gpgHome(name: string, passphrase = '') {
  const home = join(tempFolder(), 'gpg');
  mkdirSync(home, { mode: 0o700 });
  const run = (...args: string[]): string =>
    execFileSync(
      'gpg',
      ['--homedir', home, '--batch', '--pinentry-mode', 'loopback', '--passphrase', passphrase, ...args],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
  onTestFinished(() => void execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']));
  run('--quick-gen-key', `${name} <${name}@example.com>`, 'ed25519', 'sign', 'never');
  const fingerprint = /^fpr:{9}([0-9A-F]+):/m.exec(run('--with-colons', '--list-keys'))?.[1] ?? '';
  return { home, run, fingerprint, publicKey: run('--armor', '--export') };
}

describe('signatures of gpg', () => {
  it('are made as git verify-commit checks them, and count where the key is listed', async () => {
    const { bare } = await signing();
    const { home, fingerprint, publicKey } = gpgHome('server');
    const signer = createSigner({ kind: 'gpg', key: fingerprint, home });
    const repository = await openRepository({ folder: bare, log: silentLog, signer });
    const commit = await put(repository, { 'claworc.yaml': 'a\n' });
    const program = join(home, 'gpg.sh');
    writeFileSync(program, `#!/bin/sh\nexec gpg --homedir ${home} "$@"\n`, { mode: 0o755 });
    git(bare, '-c', `gpg.program=${program}`, 'verify-commit', commit);

    const under = async (keys: string[]) =>
      (await repository.signatures.verdicts([commit], { required: true, gpgKeys: keys })).get(commit);
    expect(await under([publicKey])).toEqual({ state: 'good', by: 'server <server@example.com>' });
    expect(await under([gpgHome('other').publicKey])).toMatchObject({ state: 'unlisted' });
    expect(await under([])).toMatchObject({ state: 'unlisted', words: 'is signed by a gpg key, and none is listed' });
    expect(await repository.signatures.tryOut({ required: true, gpgKeys: [publicKey] }, Date.now())).toMatchObject({
      state: 'good',
    });
  });

  it('of a key with a passphrase are refused in words', async () => {
    const { home, fingerprint } = gpgHome('locked', 'secret words');
    execFileSync('gpgconf', ['--homedir', home, '--kill', 'gpg-agent']);
    const signer = createSigner({ kind: 'gpg', key: fingerprint, home });

    await expect(signer.sign(Buffer.from('x'))).rejects.toThrow(/passphrase/);
    await expect(createSigner({ kind: 'gpg', key: 'A'.repeat(40), home }).identity()).rejects.toThrow(/is not there/);
  });

  it('of a forge’s key let its commits in, and of others, altered or revoked ones nothing', async () => {
    const forge = gpgHome('web-flow');
    const { push, open, bare, git: run } = await signing(forge.home);
    push('Start', { 'claworc.yaml': freeFleet(), [ALPHA]: 'a1\n' });
    push('Demand', { 'claworc.yaml': fleetSignedBy([], {}, [forge.publicKey]) });
    const unsigned = async (commit: string) => {
      const { unsigned: found } = await (await open()).signatures.standingAt(commit);
      return Object.fromEntries([...found].map(([path, { words }]) => [path, words]));
    };
    const good = push('Squashed', { [ALPHA]: 'a2\n' }, forge.fingerprint);
    expect(await unsigned(good)).toEqual({});

    // The signature of a good commit, with all that it signed put before it as one message: gpg alone would be content.
    const text = git(bare, 'cat-file', 'commit', good);
    const signature = /gpgsig [^]*?-----END PGP SIGNATURE-----\n/.exec(text)?.[0] ?? '';
    expect(signature).not.toBe('');
    writeFileSync(join(forge.home, 'payload'), text.replace(signature, ''));
    const message = forge.run('--armor', '--sign', '--output', '-', join(forge.home, 'payload'));
    const asSignature = message.replaceAll('PGP MESSAGE', 'PGP SIGNATURE').trimEnd().split('\n').join('\n ');
    const evil = push('Evil', { [ALPHA]: 'evil\n' });
    const raw = git(bare, 'cat-file', 'commit', evil);
    for (const [found, words] of [
      [signature, /does not fit/],
      [`gpgsig ${asSignature}\n`, /does not fit/],
    ] as const) {
      const file = join(tempFolder(), 'commit');
      writeFileSync(file, raw.replace('\n\n', `\n${found}\n`));
      const made = git(bare, 'hash-object', '-t', 'commit', '-w', '--literally', file).trim();
      expect(await unsigned(made)).toEqual({ [ALPHA]: expect.stringMatching(words) as string });
    }

    run(undefined, 'reset', '-q', '--hard', good);
    const revocation = join(forge.home, 'openpgp-revocs.d', `${forge.fingerprint}.rev`);
    execFileSync('sed', ['-i', 's/^:-----BEGIN/-----BEGIN/', revocation]);
    forge.run('--import', revocation);
    const policy = { required: true, gpgKeys: [forge.run('--armor', '--export')] };
    const verdicts = await (await open()).signatures.verdicts([good], policy);
    expect(verdicts.get(good)).toMatchObject({
      state: 'out_of_time',
      words: expect.stringMatching(/revoked/) as string,
    });
  });
});
