import { basename } from 'node:path';
import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { parseFleet } from '../../../constructs/schema/yaml/parse-document.ts';
import type { GitRepository } from '../../git/repository.ts';
import type { Clock } from '../../lib/clock.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Log } from '../../lib/log.ts';
import { createIdentity, loadIdentity, type AgeIdentity } from '../../secrets/identity.ts';

export interface OpenedIdentity {
  readonly identity: AgeIdentity;
  readonly file: string;
  /** True on a first start: somebody should keep a copy. */
  readonly isNew: boolean;
}

/** `trouble` is for people, and holds no path of this machine. Without an `opened` there is none, and none may be made. */
export type FoundIdentity =
  | { readonly opened: OpenedIdentity; readonly trouble: string | null }
  | { readonly opened: null; readonly trouble: string };

export interface OpenIdentityOptions {
  /** True where a person named the file (--identity, CLAWORC_IDENTITY): it has to be there. */
  readonly isNamed: boolean;
  readonly mayCreate: boolean;
  /** What `recipientsOnMain` gave. */
  readonly recipients: readonly string[] | null;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The identity that opens API keys, by one rule for all commands. A named file that isn't there is a typing error, thrown
 * as `usage`. The file of the data folder is made where there is none, `mayCreate`, and main names no recipient yet; where
 * it does, a new identity would open nothing of what is sealed, and to be without one is a state that is told. Throws
 * `secrets` for a file that can't be used.
 */
export async function openIdentity(file: string, options: OpenIdentityOptions): Promise<FoundIdentity> {
  const { isNamed, mayCreate, recipients, clock, log } = options;
  const loaded = await loadIdentity(file);
  if (loaded.ok) {
    const { identity } = loaded;
    if (loaded.warning !== null) log.warn(loaded.warning);
    const opened = { identity, file, isNew: false };
    return { opened, trouble: strangerIn(opened, recipients) };
  }
  if (loaded.code !== 'missing') throw new ClaworcError('secrets', loaded.reason, { subject: file });
  if (isNamed) {
    throw new ClaworcError(
      'usage',
      `There is no age identity at ${file}, which was named: name another with --identity.`,
      {
        subject: file,
      },
    );
  }
  if (recipients === null && mayCreate) {
    return { opened: { identity: await createIdentity(file, { clock }), file, isNew: true }, trouble: null };
  }
  return { opened: null, trouble: missingIdentity(file, recipients) };
}

/**
 * Recipients that claworc.yaml on main names; empty where it can't be read. Null where it is known that there are none:
 * before the first commit, and for a claworc.yaml that names nobody.
 */
export async function recipientsOnMain(
  repository: Pick<GitRepository, 'head' | 'readFile'>,
): Promise<readonly string[] | null> {
  const head = await repository.head();
  const bytes = head === null ? null : await repository.readFile(head, FLEET_PATH);
  if (bytes === null) return head === null ? null : [];
  const parsed = parseFleet(bytes, FLEET_PATH);
  if (!parsed.ok) return [];
  const { recipients } = parsed.fleet.spec;
  return recipients.length === 0 ? null : recipients;
}

function missingIdentity(file: string, recipients: readonly string[] | null): string {
  if (recipients === null) return `The age identity ${basename(file)} is missing: no API key could be opened.`;
  const whose =
    recipients.length === 0
      ? `${FLEET_PATH} on main can't be read, so it is not known for whom API keys are sealed`
      : `API keys are sealed for ${recipients.join(', ')}, as ${FLEET_PATH} says`;
  return `The age identity ${basename(file)} is missing, and ${whose}. None was made, as a new one would open none of them: put the file back, or name another with --identity, and start again. Until then no key is opened, and a bot that needs a new or changed key waits.`;
}

/** What is wrong where none of the recipients that claworc.yaml names is that of the identity; null where one is. */
export function strangerIn({ identity, file }: OpenedIdentity, named: readonly string[] | null): string | null {
  const own = identity.recipients;
  if (named === null || named.length === 0 || named.some((recipient) => own.includes(recipient))) return null;
  return `The age identity ${basename(file)} is that of ${own.join(', ')}, and ${FLEET_PATH} names ${named.join(', ')}: it opens no key that is sealed for them. Name the right file with --identity and start again, or name its recipient in ${FLEET_PATH} and enter the keys anew.`;
}
