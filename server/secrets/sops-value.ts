import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { RandomBytes } from '../lib/random.ts';

/** SOPS takes a 32-byte nonce for AES-GCM, not the usual 12. */
const NONCE_BYTES = 32;
const TAG_BYTES = 16;
const BASE64 = '([A-Za-z0-9+/]+={0,2})';
const ENCRYPTED = new RegExp(`^ENC\\[AES256_GCM,data:${BASE64},iv:${BASE64},tag:${BASE64},type:([a-z]+)\\]$`);

export function isEncryptedValue(text: string): boolean {
  return ENCRYPTED.test(text);
}

/**
 * A leaf as SOPS writes it: `ENC[AES256_GCM,data:...,iv:...,tag:...,type:str]`. An empty string is never encrypted.
 * `context` is authenticated with it: the keys of its path, each with a colon behind it, `stringData:OPENAI_API_KEY:`.
 */
export function encryptValue(value: string, dataKey: Uint8Array, context: string, random: RandomBytes): string {
  if (value === '') return '';
  const nonce = random(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(context));
  const data = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  const parts = [`data:${data.toString('base64')}`, `iv:${toBase64(nonce)}`, `tag:${toBase64(cipher.getAuthTag())}`];
  return `ENC[AES256_GCM,${parts.join(',')},type:str]`;
}

export interface DecryptedValue {
  readonly bytes: Buffer;
  /** SOPS's type of the plain text: str, int, float, bytes, bool, time. */
  readonly type: string;
}

/** Null when the text is not of the format, or was not encrypted with this key in this context. */
export function decryptValue(text: string, dataKey: Uint8Array, context: string): DecryptedValue | null {
  const [, data, nonceText, tagText, type] = ENCRYPTED.exec(text) ?? [];
  if (data === undefined || nonceText === undefined || tagText === undefined || type === undefined) return null;
  const nonce = Buffer.from(nonceText, 'base64');
  const tag = Buffer.from(tagText, 'base64');
  if (nonce.length !== NONCE_BYTES || tag.length !== TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', dataKey, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(context));
    decipher.setAuthTag(tag);
    return { bytes: Buffer.concat([decipher.update(data, 'base64'), decipher.final()]), type };
  } catch {
    return null;
  }
}

/** The context of a leaf under `stringData`. */
export function contextOf(path: readonly string[]): string {
  return path.map((key) => `${key}:`).join('');
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
