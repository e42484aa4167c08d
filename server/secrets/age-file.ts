import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Encrypter } from 'age-encryption';
import { ClaworcError } from '../lib/errors.ts';
import type { AgeIdentity } from './identity.ts';

/** Encrypts a file for age recipients (age-encryption.org/v1) into a new one, mode 0600. Throws `usage` for no recipient. */
export async function encryptFile(
  from: string,
  to: string,
  recipients: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) {
    try {
      encrypter.addRecipient(recipient);
    } catch (cause) {
      throw new ClaworcError('usage', `"${recipient}" is not an age recipient (age1...).`, { cause });
    }
  }
  await write(await encrypter.encrypt(plain(from)), to, signal);
}

/** Throws `secrets` for a file that the identity doesn't open, or that was changed. */
export async function decryptFile(from: string, to: string, identity: AgeIdentity, signal: AbortSignal): Promise<void> {
  try {
    const decrypter = await identity.createDecrypter();
    await write(await decrypter.decrypt(plain(from)), to, signal);
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ClaworcError('secrets', `${from} can't be opened with this identity, or was changed.`, {
      subject: from,
      cause,
    });
  }
}

function plain(file: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(file)) as ReadableStream<Uint8Array>;
}

async function write(stream: ReadableStream<Uint8Array>, to: string, signal: AbortSignal): Promise<void> {
  const readable = Readable.fromWeb(stream);
  await pipeline(readable, createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }), { signal });
}
