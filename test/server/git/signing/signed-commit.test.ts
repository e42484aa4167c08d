import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ClaworcError } from '../../../../server/lib/errors.ts';
import { git } from '../../../support/person-git.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { ADA, AT, put, textOf } from '../fixture.ts';
import { makeKey, signing, type TestKey } from './fixture.ts';

/** What git itself says of a commit, with these signers. */
function verifyCommit(folder: string, commit: string, ...lines: string[]): string {
  const file = join(tempFolder(), 'allowed');
  writeFileSync(file, lines.join('\n'));
  return git(folder, '-c', `gpg.ssh.allowedSignersFile=${file}`, 'verify-commit', commit);
}

const keyIn = (name = 'server'): TestKey => makeKey(tempFolder(), name);

describe('a commit of a repository with a signing key', () => {
  it('is signed, as git verify-commit finds, and reads like any other', async () => {
    const { bare, open } = await signing();
    const key = keyIn();
    const repository = await open(key);
    const first = await put(repository, { 'claworc.yaml': 'a\n' }, null, 'Start — naïvely');
    const second = await put(repository, { 'instances/bot-a.yaml': 'a\n', 'claworc.yaml': null });

    for (const commit of [first, second]) verifyCommit(bare, commit, `claworc@localhost ${key.publicKey}`);
    expect(() => verifyCommit(bare, second, `claworc@localhost ${keyIn('other').publicKey}`)).toThrow(/No principal/);
    expect(git(bare, 'fsck', '--strict')).not.toContain('error');
    expect(await repository.head()).toBe(second);
    expect((await repository.log()).map(({ subject }) => subject)).toEqual(['Change', 'Start — naïvely']);
    expect([...(await repository.readFiles(second)).files.keys()]).toEqual(['instances/bot-a.yaml']);
  });

  it('is signed where it joins two histories, and below a folder of the repository', async () => {
    const { bare, open } = await signing();
    const key = keyIn();
    const repository = await open(key);
    const first = await put(repository, { 'claworc.yaml': 'a\n' });
    const at = { author: ADA, at: AT, message: 'Join\n' };
    const branch = await repository.writeCommit({ ...at, parent: first, changes: new Map([['b.yaml', 'b\n']]) });
    const main = await put(repository, { 'claworc.yaml': 'c\n' });
    const merge = await repository.writeCommit({ ...at, parent: main, joins: branch, changes: new Map() });

    verifyCommit(bare, merge, `claworc@localhost ${key.publicKey}`);
    expect(git(bare, 'log', '-1', '--format=%P', merge).trim()).toBe(`${main} ${branch}`);
    expect(textOf(await repository.readFile(merge, 'claworc.yaml'))).toBe('c\n');
  });

  it('is signed in a repository of SHA-256 objects', async () => {
    const folder = tempFolder();
    git(folder, 'init', '-q', '--bare', '--object-format=sha256', '-b', 'main', 'r.git');
    const { openRepository } = await import('../../../../server/git/repository.ts');
    const { createSigner } = await import('../../../../server/git/signing/open-signer.ts');
    const { silentLog } = await import('../../../../server/lib/log.ts');
    const key = keyIn();
    const repository = await openRepository({
      folder: join(folder, 'r.git'),
      log: silentLog,
      signer: createSigner({ kind: 'ssh', file: key.file }),
    });
    const commit = await put(repository, { 'claworc.yaml': 'a\n' });

    expect(commit).toHaveLength(64);
    verifyCommit(join(folder, 'r.git'), commit, `claworc@localhost ${key.publicKey}`);
  });

  it('is not made while the key can’t be used, and the words name the file and what to do', async () => {
    const { open } = await signing();
    const key = keyIn();
    const repository = await open(key);
    const first = await put(repository, { 'claworc.yaml': 'a\n' });
    const secret = readFileSync(key.file, 'utf8').split('\n')[2] ?? '';
    const tries: readonly (readonly [() => void, RegExp])[] = [
      [() => chmodSync(key.file, 0o644), /chmod 600/],
      [() => writeFileSync(key.file, 'nothing', { mode: 0o600 }), /no private key/],
    ];
    for (const [change, words] of tries) {
      change();
      const failed = await put(repository, { 'claworc.yaml': 'b\n' }).catch((error: unknown) => error);
      expect(failed).toBeInstanceOf(ClaworcError);
      expect(String(failed)).toMatch(words);
      expect(String(failed)).toContain(key.file);
      expect(String(failed)).not.toContain(secret);
      expect(await repository.head()).toBe(first);
      chmodSync(key.file, 0o600);
    }
  });

  it('is signed without a program that the config of the repository names', async () => {
    const { bare, folder, open } = await signing();
    const trap = join(folder, 'trap');
    writeFileSync(trap, `#!/bin/sh\ntouch ${folder}/sprung\nexit 0\n`, { mode: 0o755 });
    for (const name of ['gpg.program', 'gpg.ssh.program', 'gpg.ssh.defaultKeyCommand']) git(bare, 'config', name, trap);
    git(bare, 'config', 'commit.gpgSign', 'true');
    git(bare, 'config', 'gpg.format', 'ssh');
    const key = keyIn();
    const repository = await open(key);
    const commit = await put(repository, { 'claworc.yaml': 'a\n' });
    const policy = { required: true, allowedSigners: [`server ${key.publicKey}`] };

    expect((await repository.signatures.verdicts([commit], policy)).get(commit)).toEqual({
      state: 'good',
      by: 'server',
    });
    expect(() => readFileSync(join(folder, 'sprung'))).toThrow();
  });
});
