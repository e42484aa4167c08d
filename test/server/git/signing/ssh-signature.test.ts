import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, generateKeyPairSync, sign as signWith } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPrivateKey, UnusableKey } from '../../../../server/git/signing/ssh-private-key.ts';
import { keyOfSignature, sshSignature } from '../../../../server/git/signing/ssh-signature.ts';
import { wireString } from '../../../../server/git/signing/ssh-wire.ts';
import { tempFolder } from '../../../support/temp-folder.ts';
import { makeKey } from './fixture.ts';

const PAYLOAD = Buffer.from('tree 1\nauthor Ada\n\nChange\n');

const KINDS = [
  ['ed25519', ['-t', 'ed25519']],
  ['rsa', ['-t', 'rsa', '-b', '2048']],
  ['rsa in PEM', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
  ['ecdsa 256', ['-t', 'ecdsa', '-b', '256']],
  ['ecdsa 384', ['-t', 'ecdsa', '-b', '384']],
  ['ecdsa 521', ['-t', 'ecdsa', '-b', '521']],
] as const;

/** Whether ssh-keygen takes a signature of the payload. */
function isRight(folder: string, publicKey: string, signature: string, payload: Buffer = PAYLOAD): boolean {
  writeFileSync(join(folder, 'allowed'), `ada ${publicKey}\n`);
  writeFileSync(join(folder, 'signature'), signature);
  const args = ['-Y', 'verify', '-n', 'git', '-I', 'ada', '-f', 'allowed', '-s', 'signature'];
  return spawnSync('ssh-keygen', args, { cwd: folder, input: payload }).status === 0;
}

describe('an ssh signature', () => {
  it.each(KINDS)(
    'of a key of kind %s is made as ssh-keygen checks it, and checked as ssh-keygen makes it',
    (_, how) => {
      const folder = tempFolder();
      const { file, publicKey } = makeKey(folder, 'key', ...how);
      const key = readPrivateKey(readFileSync(file, 'utf8'));
      for (let round = 0; round < 5; round += 1) {
        const payload = Buffer.concat([PAYLOAD, Buffer.of(round)]);
        const ours = sshSignature(payload, { key: key.publicKey, sign: (data) => key.sign(data) });
        expect(isRight(folder, publicKey, ours, payload)).toBe(true);

        const theirs = execFileSync('ssh-keygen', ['-Y', 'sign', '-n', 'git', '-f', file], {
          input: payload,
        }).toString();
        expect(keyOfSignature(payload, theirs)?.toString('base64')).toBe(publicKey.split(' ')[1]);
        expect(keyOfSignature(Buffer.concat([payload, Buffer.from('!')]), theirs)).toBeUndefined();
      }
    },
  );

  it('proves nothing when it was made for another purpose than commits', () => {
    const folder = tempFolder();
    const { file } = makeKey(folder, 'key');
    const sign = (namespace: string): string =>
      execFileSync('ssh-keygen', ['-Y', 'sign', '-n', namespace, '-f', file], { input: PAYLOAD }).toString();

    expect(keyOfSignature(PAYLOAD, sign('git'))).toBeDefined();
    expect(keyOfSignature(PAYLOAD, sign('file'))).toBeUndefined();
  });

  it('with one bit changed anywhere is of nobody', () => {
    const folder = tempFolder();
    const { file } = makeKey(folder, 'key');
    const key = readPrivateKey(readFileSync(file, 'utf8'));
    const armoured = sshSignature(PAYLOAD, { key: key.publicKey, sign: (data) => key.sign(data) });
    const [begin = '', ...rest] = armoured.trim().split('\n');
    const end = rest.pop() ?? '';
    const bytes = Buffer.from(rest.join(''), 'base64');
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      const found = keyOfSignature(PAYLOAD, `${begin}\n${changed.toString('base64')}\n${end}\n`);
      expect(found, `byte ${at}`).toBeUndefined();
    }
    for (const text of ['', begin, `${begin}\n${end}`, `${begin}\n\u0000\n${end}`, armoured.slice(0, -40)]) {
      expect(keyOfSignature(PAYLOAD, text)).toBeUndefined();
    }
  });

  it('of a security token counts when somebody touched it, and only then', () => {
    const folder = tempFolder();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const point = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    const type = 'sk-ssh-ed25519@openssh.com';
    const key = Buffer.concat([type, point, 'ssh:'].map((field) => wireString(field)));
    const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
    const made = (flags: number): string =>
      sshSignature(PAYLOAD, {
        key,
        sign: (data) => {
          const rest = Buffer.of(flags, 0, 0, 0, 7);
          const signed = Buffer.concat([sha256(Buffer.from('ssh:')), rest, sha256(data)]);
          return Buffer.concat([wireString(type), wireString(signWith(null, signed, privateKey)), rest]);
        },
      });

    expect(isRight(folder, `${type} ${key.toString('base64')}`, made(1))).toBe(true);
    expect(keyOfSignature(PAYLOAD, made(1))).toEqual(key);
    expect(keyOfSignature(PAYLOAD, made(0))).toBeUndefined();
  });
});

describe('a private key', () => {
  it('that can sign nothing is refused in words that hold nothing of it', () => {
    const folder = tempFolder();
    const locked = join(folder, 'locked');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'a passphrase', '-f', locked]);
    const lockedPem = join(folder, 'locked-pem');
    execFileSync('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-m', 'PEM', '-N', 'a passphrase', '-f', lockedPem]);
    const short = makeKey(folder, 'short', '-t', 'rsa', '-b', '1024');
    const { file } = makeKey(folder, 'key');
    const text = readFileSync(file, 'utf8');
    const cases: readonly (readonly [string, RegExp])[] = [
      [readFileSync(locked, 'utf8'), /passphrase/],
      [readFileSync(lockedPem, 'utf8'), /passphrase/],
      [readFileSync(`${file}.pub`, 'utf8'), /public half/],
      [readFileSync(short.file, 'utf8'), /2048 bits/],
      ['nothing of this kind', /no private key/],
      [text.slice(0, 120), /can not be read/],
    ];
    for (const [content, words] of cases) {
      let said = '';
      try {
        readPrivateKey(content);
      } catch (error) {
        expect(error).toBeInstanceOf(UnusableKey);
        said = String(error);
      }
      expect(said).toMatch(words);
      for (const line of content.split('\n').filter((each) => each.length > 20)) expect(said).not.toContain(line);
    }
  });
});
