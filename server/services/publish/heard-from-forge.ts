import { signedBy } from '../../forge/webhook.ts';
import { ClaworcError, messageOf } from '../../lib/errors.ts';
import { readSmallFile } from '../../lib/small-file.ts';
import type { AppContext } from '../app-context.ts';

/** Shorter ones can be guessed by whoever may ask as often as they like. */
const MIN_SECRET = 16;
const MAX_SECRET = 4_096;

/**
 * A delivery of a webhook: asks the remote and the forge now if it is signed with the secret in `secretFile`, and is false otherwise.
 * The file is read each time, so that the secret can be changed. What the delivery says is not believed, only that there
 * is something to look at; many at once are one question. Throws `secrets` for a file without a usable secret.
 */
export async function heardFromForge(
  { publisher, forge: line, log }: Pick<AppContext, 'publisher' | 'forge' | 'log'>,
  secretFile: string,
  delivery: {
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
    /** As it came: the signature is over these bytes. */
    readonly body: Buffer;
  },
): Promise<boolean> {
  const forge = signedBy(delivery.headers, delivery.body, await secretIn(secretFile));
  if (forge === null) return false;
  log.debug('A webhook came in: the remote is asked now', { forge });
  publisher.pull();
  line?.wake();
  return true;
}

/** Throws `usage` where there is no remote to ask, and `secrets` for a file without a usable secret. */
export async function checkWebhookSecret(file: string, hasRemote: boolean): Promise<void> {
  if (!hasRemote) {
    const why = 'what is pushed to the repository in the data folder is seen at once';
    throw new ClaworcError('usage', `--webhook-secret-file belongs to a --remote: ${why}.`, { field: 'remote' });
  }
  await secretIn(file);
}

async function secretIn(file: string): Promise<string> {
  const refuse = (why: string, cause?: unknown): ClaworcError =>
    new ClaworcError('secrets', `The webhook secret in ${file} ${why}.`, {
      subject: file,
      ...(cause === undefined ? {} : { cause }),
    });
  const bytes = await readSmallFile(file).catch((cause: unknown) => {
    throw refuse(messageOf(cause), cause);
  });
  const secret = bytes.toString('utf8').trim();
  if (secret.length < MIN_SECRET)
    throw refuse(`is shorter than ${MIN_SECRET} characters; \`openssl rand -hex 32\` makes one`);
  if (secret.length > MAX_SECRET) throw refuse(`is longer than ${MAX_SECRET} characters`);
  return secret;
}
