import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { WireReader } from './ssh-wire.ts';

/** A public key of ssh, as it stands in `.pub` files and in signatures. */
export interface SshPublicKey {
  /** Whether `signature`, as ssh writes it on the wire, is one of this key over `data`. Never throws. */
  verifies(data: Uint8Array, signature: Uint8Array): boolean;
}

/** `SHA256:...`, as `ssh-keygen -l` names a key. */
export function fingerprintOf(key: Uint8Array): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** ssh-keygen demands as many of a key that it makes; it would verify shorter ones, which can be broken. */
const LEAST_RSA_BITS = 2048;

const CURVES: Readonly<Record<string, { readonly name: string; readonly hash: string; readonly size: number }>> = {
  nistp256: { name: 'P-256', hash: 'sha256', size: 32 },
  nistp384: { name: 'P-384', hash: 'sha384', size: 48 },
  nistp521: { name: 'P-521', hash: 'sha512', size: 66 },
};

const RSA_HASHES: Readonly<Record<string, string>> = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' };

/** Undefined for a key of a kind that is not known, or of no use. */
export function readPublicKey(blob: Uint8Array): SshPublicKey | undefined {
  try {
    const reader = new WireReader(blob);
    const type = reader.text();
    const verifies = verifierOf(type, reader);
    if (verifies === undefined || !reader.isAtEnd) return undefined;
    return {
      verifies: (data, signature) => {
        try {
          const fields = new WireReader(signature);
          const isRight = verifies(data, fields.text(), fields);
          return isRight && fields.isAtEnd;
        } catch {
          return false;
        }
      },
    };
  } catch {
    return undefined;
  }
}

type Verifier = (data: Uint8Array, algorithm: string, signature: WireReader) => boolean;

function verifierOf(type: string, reader: WireReader): Verifier | undefined {
  switch (type) {
    case 'ssh-ed25519': {
      const key = edwards(reader);
      return (data, algorithm, signature) => algorithm === type && verify(null, data, key, signature.string());
    }
    case 'ssh-rsa':
      return rsa(reader);
    case 'ecdsa-sha2-nistp256':
    case 'ecdsa-sha2-nistp384':
    case 'ecdsa-sha2-nistp521': {
      const check = elliptic(reader);
      return (data, algorithm, signature) => algorithm === type && check(data, signature.string());
    }
    case 'sk-ssh-ed25519@openssh.com': {
      const key = edwards(reader);
      return onToken(type, reader, (data, signature) => verify(null, data, key, signature));
    }
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return onToken(type, reader, elliptic(reader));
    default:
      return undefined;
  }
}

function edwards(reader: WireReader): KeyObject {
  return fromJwk({ kty: 'OKP', crv: 'Ed25519', x: reader.string().toString('base64url') });
}

function rsa(reader: WireReader): Verifier {
  const [e, n] = [reader.mpint(), reader.mpint()];
  const key = fromJwk({ kty: 'RSA', n: n.toString('base64url'), e: e.toString('base64url') });
  const isLong = (key.asymmetricKeyDetails?.modulusLength ?? 0) >= LEAST_RSA_BITS;
  return (data, algorithm, signature) => {
    const hash = RSA_HASHES[algorithm];
    return isLong && hash !== undefined && verify(hash, data, key, signature.string());
  };
}

function elliptic(reader: WireReader): (data: Uint8Array, signature: Uint8Array) => boolean {
  const curve = CURVES[reader.text()];
  const point = reader.string();
  if (curve === undefined || point[0] !== 4 || point.length !== 1 + 2 * curve.size)
    throw new RangeError('no such point');
  const [x, y] = [point.subarray(1, 1 + curve.size), point.subarray(1 + curve.size)];
  const key = fromJwk({ kty: 'EC', crv: curve.name, x: x.toString('base64url'), y: y.toString('base64url') });
  return (data, signature) => {
    const fields = new WireReader(signature);
    const numbers = Buffer.concat([fields.mpint(), fields.mpint()].map((number) => padded(number, curve.size)));
    return fields.isAtEnd && verify(curve.hash, data, { key, dsaEncoding: 'ieee-p1363' }, numbers);
  };
}

/**
 * Keys that live in a security token sign more than the data: who asked, whether somebody touched it, and a counter
 * (PROTOCOL.u2f of OpenSSH). A token that nobody touched could be used by any program of that machine.
 */
function onToken(
  type: string,
  reader: WireReader,
  check: (data: Uint8Array, signature: Uint8Array) => boolean,
): Verifier {
  const application = reader.string();
  return (data, algorithm, signature) => {
    const made = signature.string();
    const rest = signature.raw(5);
    const isTouched = ((rest[0] ?? 0) & 1) === 1;
    const signed = Buffer.concat([sha256(application), rest, sha256(data)]);
    return algorithm === type && isTouched && check(signed, made);
  };
}

const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();

function padded(number: Buffer, size: number): Buffer {
  if (number.length > size) throw new RangeError('a number is too large for its curve');
  return Buffer.concat([Buffer.alloc(size - number.length), number]);
}

function fromJwk(key: Record<string, string>): KeyObject {
  return createPublicKey({ key, format: 'jwk' });
}
