import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { wireNumber, wireString, WireReader } from './ssh-wire.ts';

/** A private key of ssh that is at hand. */
export interface SshPrivateKey {
  /** The public half as ssh writes it on the wire. */
  readonly publicKey: Buffer;
  /** A signature as ssh writes it on the wire. */
  sign(data: Uint8Array): Buffer;
}

/** Why a text is no key that can sign, without a word of the text itself. */
export class UnusableKey extends Error {}

const BEGIN = '-----BEGIN OPENSSH PRIVATE KEY-----';
const END = '-----END OPENSSH PRIVATE KEY-----';
const MAGIC = 'openssh-key-v1\0';

/** Reads the text of a key file, in OpenSSH's own format (PROTOCOL.key) or as PEM. Throws `UnusableKey`. */
export function readPrivateKey(text: string): SshPrivateKey {
  const key = text.trimStart().startsWith(BEGIN) ? fromOpenSsh(text) : fromPem(text);
  const kind = key.asymmetricKeyType;
  if (kind === 'ed25519') return edwards(key);
  if (kind === 'rsa') return rsa(key);
  if (kind === 'ec') return elliptic(key);
  throw new UnusableKey('is of a kind that signs no commits here; make one with `ssh-keygen -t ed25519`');
}

const PASSPHRASE =
  'is protected by a passphrase, which nobody could type here; make one without (ssh-keygen -t ed25519 -N "" -f FILE)';

function fromPem(text: string): KeyObject {
  if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    const isPublic = /^(ssh-|ecdsa-|sk-)/.test(text.trimStart());
    throw new UnusableKey(
      isPublic ? 'holds the public half; the private key is wanted' : 'holds no private key of ssh',
    );
  }
  if (text.includes('ENCRYPTED')) throw new UnusableKey(PASSPHRASE);
  try {
    return createPrivateKey(text);
  } catch {
    throw new UnusableKey('holds a private key that can not be read');
  }
}

function fromOpenSsh(text: string): KeyObject {
  try {
    const base64 = text.trim().slice(BEGIN.length, -END.length).replace(/\s+/g, '');
    const reader = new WireReader(Buffer.from(base64, 'base64'));
    if (reader.raw(MAGIC.length).toString('latin1') !== MAGIC) throw new RangeError('no key of OpenSSH');
    const [cipher] = [reader.text(), reader.text(), reader.string()];
    if (cipher !== 'none') throw new UnusableKey(PASSPHRASE);
    if (reader.uint32() !== 1) throw new RangeError('not one key');
    reader.string();
    const fields = new WireReader(reader.string());
    if (fields.uint32() !== fields.uint32()) throw new RangeError('damaged');
    return keyOf(fields.text(), fields);
  } catch (error) {
    if (error instanceof UnusableKey) throw error;
    throw new UnusableKey('holds a private key that can not be read');
  }
}

function keyOf(type: string, fields: WireReader): KeyObject {
  const curve = /^ecdsa-sha2-nistp(256|384|521)$/.exec(type)?.[1];
  if (type === 'ssh-ed25519') {
    const x = fields.string();
    const d = fields.string().subarray(0, 32);
    return fromJwk({ kty: 'OKP', crv: 'Ed25519', x: url(x), d: url(d) });
  }
  if (type === 'ssh-rsa') {
    const [n, e, d, qi, p, q] = [1, 2, 3, 4, 5, 6].map(() => fields.mpint()) as [
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
      Buffer,
    ];
    const [dp, dq] = [p, q].map((prime) => remainder(d, prime)) as [Buffer, Buffer];
    const numbers = { n, e, d, p, q, dp, dq, qi };
    return fromJwk({
      kty: 'RSA',
      ...Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, url(value)])),
    });
  }
  if (curve !== undefined) {
    fields.string();
    const point = fields.string();
    const size = Math.ceil(Number(curve) / 8);
    const d = fields.mpint();
    const [x, y] = [point.subarray(1, 1 + size), point.subarray(1 + size)];
    return fromJwk({ kty: 'EC', crv: `P-${curve}`, x: url(x), y: url(y), d: url(padded(d, size)) });
  }
  throw new UnusableKey(
    type.startsWith('sk-')
      ? 'lives in a security token, which somebody has to touch; a server needs one of its own (ssh-keygen -t ed25519)'
      : 'is of a kind that signs no commits here; make one with `ssh-keygen -t ed25519`',
  );
}

/** `d mod (prime - 1)`, which OpenSSH leaves out of the file. */
function remainder(d: Buffer, prime: Buffer): Buffer {
  const number = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex') || '0'}`);
  const hex = (number(d) % (number(prime) - 1n)).toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
}

function edwards(key: KeyObject): SshPrivateKey {
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  return {
    publicKey: joined('ssh-ed25519', Buffer.from(x, 'base64url')),
    sign: (data) => joined('ssh-ed25519', sign(null, data, key)),
  };
}

function rsa(key: KeyObject): SshPrivateKey {
  if ((key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {
    throw new UnusableKey('is an RSA key of less than 2048 bits; make one with `ssh-keygen -t ed25519`');
  }
  const { n = '', e = '' } = createPublicKey(key).export({ format: 'jwk' });
  const [exponent, modulus] = [e, n].map((text) => wireNumber(Buffer.from(text, 'base64url')));
  return {
    publicKey: Buffer.concat([wireString('ssh-rsa'), exponent ?? Buffer.alloc(0), modulus ?? Buffer.alloc(0)]),
    sign: (data) => joined('rsa-sha2-512', sign('sha512', data, key)),
  };
}

function elliptic(key: KeyObject): SshPrivateKey {
  const { crv = '', x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  const bits = /^P-(256|384|521)$/.exec(crv)?.[1];
  if (bits === undefined) throw new UnusableKey('is on a curve that ssh has no name for');
  const type = `ecdsa-sha2-nistp${bits}`;
  const hash = bits === '256' ? 'sha256' : bits === '384' ? 'sha384' : 'sha512';
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')]);
  return {
    publicKey: Buffer.concat([joined(type, `nistp${bits}`), wireString(point)]),
    sign: (data) => {
      const numbers = sign(hash, data, { key, dsaEncoding: 'ieee-p1363' });
      const half = numbers.length / 2;
      const pair = Buffer.concat([wireNumber(numbers.subarray(0, half)), wireNumber(numbers.subarray(half))]);
      return joined(type, pair);
    },
  };
}

const joined = (...fields: readonly (string | Uint8Array)[]): Buffer =>
  Buffer.concat(fields.map((field) => wireString(field)));

const url = (bytes: Buffer): string => bytes.toString('base64url');

const padded = (number: Buffer, size: number): Buffer =>
  Buffer.concat([Buffer.alloc(Math.max(0, size - number.length)), number]);

function fromJwk(key: Record<string, string>): KeyObject {
  return createPrivateKey({ key, format: 'jwk' });
}
