import { stat } from 'node:fs/promises';
import { inspect } from 'node:util';
import type { Decrypter } from 'age-encryption';
import { isoSeconds, type Clock } from '../lib/clock.ts';
import { ClaworcError } from '../lib/errors.ts';
import { systemRandom } from '../lib/random.ts';
import { FileNotRead, readNamedFile } from '../lib/small-file.ts';
import { fileErrorCode, refuse, type Refusal } from './errors.ts';
import { createPrivateFile } from './private-file.ts';

/** Its elliptic curves take 50 ms of a start, and most commands open nothing. */
const loadAge = () => import('age-encryption');

const SECRET_LINE = /^AGE-SECRET-KEY-(PQ-)?1[0-9A-Z]{20,3000}$/;

/** What opens sealed keys. Its secrets can be used and not read: it prints, and serialises, as its recipients only. */
export class AgeIdentity {
  readonly #secrets: readonly string[];
  /** Public recipients of its secret keys, in the order of the file; the first is the one to seal for. */
  readonly recipients: readonly string[];

  constructor(secrets: readonly string[], recipients: readonly string[]) {
    this.#secrets = secrets;
    this.recipients = recipients;
  }

  async createDecrypter(): Promise<Decrypter> {
    const { Decrypter } = await loadAge();
    const decrypter = new Decrypter();
    for (const secret of this.#secrets) decrypter.addIdentity(secret);
    return decrypter;
  }

  toJSON(): { readonly recipients: readonly string[] } {
    return { recipients: this.recipients };
  }

  [inspect.custom](): string {
    return `AgeIdentity(${this.recipients.join(', ')})`;
  }
}

/** The recipient that new keys are sealed for, `age1...`. Public. */
export function recipientOf(identity: AgeIdentity): string {
  const [first] = identity.recipients;
  if (first === undefined) throw new ClaworcError('secrets', 'The age identity holds no key.');
  return first;
}

/**
 * Makes a new identity in `file`, mode 0600, in the text that `age-keygen` writes (so `age` and `sops` read it too).
 * Never overwrites: throws `secrets` when the file exists, and when it can't be written.
 */
export async function createIdentity(file: string, options: { readonly clock: Clock }): Promise<AgeIdentity> {
  const { generateX25519Identity, identityToRecipient } = await loadAge();
  const secret = await generateX25519Identity();
  const recipient = await identityToRecipient(secret);
  const text = `# created: ${isoSeconds(options.clock)}\n# public key: ${recipient}\n${secret}\n`;
  const created = await createPrivateFile(file, text, systemRandom).catch((error: unknown) => {
    throw new ClaworcError('secrets', `The age identity ${file} can't be written: ${fileErrorCode(error)}.`, {
      subject: file,
    });
  });
  if (!created) {
    throw new ClaworcError('secrets', `The age identity ${file} exists already and is never overwritten.`, {
      subject: file,
    });
  }
  return new AgeIdentity([secret], [recipient]);
}

export type LoadedIdentity =
  | {
      readonly ok: true;
      readonly identity: AgeIdentity;
      /** Set when others on the machine may read the file: what is wrong and how to put it right. */
      readonly warning: string | null;
    }
  | Refusal;

/** Reads an identity file: comment lines, empty lines and one secret key a line. `missing` when there is no file. */
export async function loadIdentity(file: string): Promise<LoadedIdentity> {
  const read = await readText(file);
  if (!read.ok) return read;
  const lines = read.text.split(/\r?\n/).map((line) => line.trim());
  const secrets = lines.filter((line) => line !== '' && !line.startsWith('#'));
  if (secrets.length === 0) return refuse('malformed', `${file} holds no age identity.`);
  const { identityToRecipient } = await loadAge();
  const recipients: string[] = [];
  for (const secret of secrets) {
    const recipient = SECRET_LINE.test(secret) ? await identityToRecipient(secret).catch(() => null) : null;
    if (recipient === null) {
      const line = lines.indexOf(secret) + 1;
      return refuse('malformed', `${file}:${line} is not an age identity: AGE-SECRET-KEY-1... is expected.`);
    }
    recipients.push(recipient);
  }
  return { ok: true, identity: new AgeIdentity(secrets, recipients), warning: read.warning };
}

type ReadText = { readonly ok: true; readonly text: string; readonly warning: string | null } | Refusal;

async function readText(file: string): Promise<ReadText> {
  try {
    const { mode } = await stat(file);
    const text = (await readNamedFile(file)).toString('utf8');
    // A warning, not a refusal: Kubernetes mounts a Secret readable for the pod's group.
    const exposed = (mode & 0o077) !== 0;
    const permissions = (mode & 0o777).toString(8).padStart(4, '0');
    const warning = exposed ? `${file} can be read by others (mode ${permissions}): run chmod 600 ${file}` : null;
    return { ok: true, text, warning };
  } catch (error) {
    const isMissing = error instanceof FileNotRead ? error.isMissing : fileErrorCode(error) === 'ENOENT';
    if (isMissing) return refuse('missing', `There is no age identity at ${file}.`);
    const why = error instanceof FileNotRead ? error.message : `can't be read: ${fileErrorCode(error)}`;
    return refuse('unreadable', `The age identity ${file} ${why}.`);
  }
}
