import { FLEET_PATH } from '../../../constructs/repo/paths.ts';
import { ClaworcError } from '../../lib/errors.ts';
import type { Reader, Transactor } from '../../store/connection.ts';
import { getFleet } from '../../store/fleet.ts';
import { listPinnedRecipients, pinRecipients } from '../../store/pinned-recipients.ts';

/** Whom claworc.yaml on main names, and whom keys are sealed for. */
export interface Recipients {
  readonly named: readonly string[];
  /** Taken on first use, or accepted by a person since. */
  readonly accepted: readonly string[];
}

const FIRST_USE = 'first use';

/** Pins what claworc.yaml names, where nothing was pinned before. */
export function pinOnFirstUse(tx: Transactor, now: string): void {
  const named = getFleet(tx)?.record.spec.recipients ?? [];
  if (named.length === 0 || listPinnedRecipients(tx).length > 0) return;
  pinRecipients(tx, named, now, FIRST_USE);
}

export function readRecipients(read: Reader): Recipients {
  const named = getFleet(read)?.record.spec.recipients ?? [];
  const pinned = listPinnedRecipients(read);
  return { named, accepted: pinned.length === 0 ? named : pinned };
}

/** What differs from what was accepted, in words; null where nothing does. */
export function describeChange({ named, accepted }: Recipients): string | null {
  const added = named.filter((recipient) => !accepted.includes(recipient));
  const removed = accepted.filter((recipient) => !named.includes(recipient));
  if (added.length === 0 && removed.length === 0) return null;
  const parts = [
    ...(added.length === 0 ? [] : [`names ${added.join(', ')}, which nobody accepted here`]),
    ...(removed.length === 0 ? [] : [`no longer names ${removed.join(', ')}`]),
  ];
  return `${FLEET_PATH} ${parts.join(', and ')}. API keys are sealed for nobody new, and for nobody who is not named, until a person accepts the recipients under Settings or with \`claworc recipients\``;
}

/**
 * Whom a key is sealed for: those that are both named and accepted. Throws `conflict` where that is nobody, although
 * some are named.
 */
export function recipientsToSealFor(recipients: Recipients): readonly string[] {
  const both = recipients.named.filter((recipient) => recipients.accepted.includes(recipient));
  if (both.length > 0 || recipients.named.length === 0) return both;
  throw new ClaworcError('conflict', `Nothing was sealed: ${describeChange(recipients) ?? ''}.`, {
    subject: FLEET_PATH,
  });
}
