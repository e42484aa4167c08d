import { createHash } from 'node:crypto';
import { readPublicKey } from './ssh-public-key.ts';
import { WireReader, wireString } from './ssh-wire.ts';

/** What a signature is for; one that was made for another purpose proves nothing here. */
const NAMESPACE = 'git';
const MAGIC = 'SSHSIG';
const BEGIN = '-----BEGIN SSH SIGNATURE-----';
const END = '-----END SSH SIGNATURE-----';
const WIDTH = 70;

/** The armoured signature (PROTOCOL.sshsig of OpenSSH) of `payload` by a key; `sign` signs as ssh does on the wire. */
export function sshSignature(
  payload: Uint8Array,
  { key, sign }: { readonly key: Uint8Array; readonly sign: (data: Uint8Array) => Uint8Array },
): string {
  const hash = 'sha512';
  const signed = sign(signedData(payload, hash));
  const version = Buffer.of(0, 0, 0, 1);
  const fields = [key, NAMESPACE, '', hash, signed].map((field) => wireString(field));
  const body = Buffer.concat([Buffer.from(MAGIC), version, ...fields]).toString('base64');
  const lines = body.match(new RegExp(`.{1,${WIDTH}}`, 'g')) ?? [];
  return [BEGIN, ...lines, END, ''].join('\n');
}

/** The key that made a signature of `payload`; `undefined` for one that is none, or of something else. */
export function keyOfSignature(payload: Uint8Array, armoured: string): Buffer | undefined {
  try {
    const text = armoured.trim();
    if (!text.startsWith(BEGIN) || !text.endsWith(END)) return undefined;
    const base64 = text.slice(BEGIN.length, -END.length).replace(/\s+/g, '');
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return undefined;
    const reader = new WireReader(Buffer.from(base64, 'base64'));
    if (reader.raw(MAGIC.length).toString('latin1') !== MAGIC || reader.uint32() !== 1) return undefined;
    const key = reader.string();
    const [namespace, , hash] = [reader.text(), reader.string(), reader.text()];
    const signature = reader.string();
    const isOurs = namespace === NAMESPACE && (hash === 'sha256' || hash === 'sha512') && reader.isAtEnd;
    const isRight = isOurs && readPublicKey(key)?.verifies(signedData(payload, hash), signature) === true;
    return isRight ? key : undefined;
  } catch {
    return undefined;
  }
}

export function isSshSignature(armoured: string): boolean {
  return armoured.trimStart().startsWith(BEGIN);
}

function signedData(payload: Uint8Array, hash: string): Buffer {
  const digest = createHash(hash).update(payload).digest();
  return Buffer.concat([Buffer.from(MAGIC), ...[NAMESPACE, '', hash, digest].map((field) => wireString(field))]);
}
